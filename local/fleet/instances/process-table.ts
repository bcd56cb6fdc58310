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

/**
 * Sends SIGKILL to the process, or to its whole group; one that is gone is no error.
 *
 * @param whole `group` as long as its first process runs: later the id may have been another's, who has left such a group in his
 *     turn. An `own group`, of a process that the caller has started himself, also where it has outlived that.
 */
export function kill(record: ProcessRecord, whole: 'process' | 'group' | 'own group'): void {
  const found = identityOf(record.pid);
  const isThis = found !== undefined && found === record.identity;
  if (!isThis && (found !== undefined || whole !== 'own group')) {
    return;
  }
  try {
    process.kill(whole === 'process' ? record.pid : -record.pid, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
}
