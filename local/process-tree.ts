import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { eventually } from './eventually.ts';

/** In the environment of a command, and so of all that it starts, whatever group and namespace that is in. */
const MARK = 'ORCHESTRATOR_PROCESS_TREE';

const END_MS = 30_000;
const POLL_MS = 50;

/** A command that can be ended with all that it has started. */
export interface ProcessTree {
  readonly child: ChildProcess;
  readonly mark: string;
}

/** Starts a command in a process group of its own, its output on this process's. */
export function startTree(command: string, args: readonly string[], { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv }): ProcessTree {
  const mark = randomUUID();
  return { child: spawn(command, args, { cwd, detached: true, stdio: 'inherit', env: { ...env, [MARK]: mark } }), mark };
}

/** Sends a signal to the command and what is in its group still. */
export function signalGroup({ child: { pid } }: ProcessTree, signal: NodeJS.Signals): void {
  if (pid !== undefined) send(-pid, signal);
}

/**
 * Ends the command and, where the system shows the environment of processes, all that it started, at once: servers, and the
 * first processes of hosts, with which all others of theirs end. What was started with an environment of its own stays.
 *
 * @throws where the kernel does not end them.
 */
export async function endTree(tree: ProcessTree): Promise<void> {
  signalGroup(tree, 'SIGKILL');
  // What is just being started is found the next time.
  await eventually('all that the command has started is over', () => {
    const marked = processesWith(tree.mark);
    for (const pid of marked) send(pid, 'SIGKILL');
    return marked.length === 0;
  }, { timeoutMs: END_MS, pollMs: POLL_MS });
}

/** The processes that run and have the mark. One that has ended has no environment any more. */
function processesWith(mark: string): readonly number[] {
  const pids = existsSync('/proc/self/environ') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
  return pids.filter((pid) => environmentOf(pid).includes(`${MARK}=${mark}`)).map(Number);
}

/** Empty of a process that is gone, or is another user's. */
function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return '';
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}
