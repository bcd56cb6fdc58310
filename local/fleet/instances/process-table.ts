import { identityOf } from '../../process-identity.ts';

/** A process that can be told from a later one with the same id. */
export interface ProcessRecord {
  readonly pid: number;
  /** Missing of a process that had ended when it was recorded. */
  readonly identity?: string | undefined;
}

/** The record of a process. */
export function recordProcess(pid: number): ProcessRecord {
  return { pid, identity: identityOf(pid) };
}

/** Whether that very process still runs. */
export function isRunning(record: ProcessRecord): boolean {
  return record.identity !== undefined && identityOf(record.pid) === record.identity;
}

/** Sends SIGKILL to the process, or to its whole group, which may outlive it; one that is gone is no error. */
export function kill(record: ProcessRecord, whole: 'process' | 'group'): void {
  const found = identityOf(record.pid);
  // The kernel gives an id to another process only when nobody of the group is left.
  const isAnother = found !== undefined && found !== record.identity;
  if (isAnother || (whole === 'process' && found === undefined)) {
    return;
  }
  try {
    process.kill(whole === 'group' ? -record.pid : record.pid, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
}
