import { readdirSync, readFileSync } from 'node:fs';

/** A process of this machine, those of the hosts among them. */
interface MachineProcess {
  readonly pid: number;
  /** Its command line. */
  readonly line: string;
}

/** All processes that run now. */
export function processes(): readonly MachineProcess[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((name) => ({ pid: Number(name), line: lineOf(name) })).filter(({ line }) => line !== '');
}

/** Ends a process as the kernel does that runs out of memory. */
export function kill(pid: number): void {
  whereThere(() => process.kill(pid, 'SIGKILL'));
}

const lineOf = (pid: string): string => whereThere(() => readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ')) ?? '';

/** What comes and goes while it is looked at is not there. */
export function whereThere<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    // Not `instanceof Error`: the file system's errors are of another realm than a test's.
    if (typeof error === 'object' && error !== null && 'code' in error) return undefined;
    throw error;
  }
}
