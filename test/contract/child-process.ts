import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const GRACE_MS = 10_000;

/** Whether a process is over, by itself or by a signal, or never began. */
export function isOver({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid === undefined || exitCode !== null || signalCode !== null;
}

/**
 * Asks a process to end, and ends it by force where it has not after the grace.
 *
 * @param ask by SIGTERM, where not said.
 */
export async function end(child: ChildProcess, ask: () => void = () => void child.kill('SIGTERM'), graceMs = GRACE_MS): Promise<void> {
  if (isOver(child)) return;
  const exited = once(child, 'exit');
  ask();
  const force = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await exited.finally(() => clearTimeout(force));
}
