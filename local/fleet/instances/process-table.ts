import { readFileSync } from 'node:fs';

/** A process that can be told from a later one with the same id. */
export interface ProcessRecord {
  readonly pid: number;
  /** Clock ticks from the machine's start to the process's; missing where there is no /proc. */
  readonly startTicks?: string | undefined;
}

/** The record of a process that runs now. */
export function recordProcess(pid: number): ProcessRecord {
  return { pid, startTicks: startTicks(pid) };
}

/** Whether that very process still runs. */
export function isRunning(record: ProcessRecord): boolean {
  try {
    process.kill(record.pid, 0);
  } catch {
    return false;
  }
  return record.startTicks === undefined || startTicks(record.pid) === record.startTicks;
}

/** Sends SIGKILL to the process, or to its whole group; one that is gone is no error. */
export function kill(record: ProcessRecord, whole: 'process' | 'group'): void {
  if (whole === 'process' && !isRunning(record)) {
    return;
  }
  try {
    process.kill(whole === 'group' ? -record.pid : record.pid, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
}

/** Field 22 of /proc/PID/stat; the name in field 2 may hold blanks, so it counts from the closing bracket. */
function startTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'zombie' : fields[19];
  } catch {
    return undefined;
  }
}
