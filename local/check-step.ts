import { once } from 'node:events';
import { messageOf } from './command.ts';
import type { Step } from './check-plan.ts';
import { repositoryRoot, searchPath } from './paths.ts';
import { endTree, signalGroup, startTree, type ProcessTree } from './process-tree.ts';

/** Passed on to the command that runs: it is in a group of its own, which no terminal tells. */
const INTERRUPTIONS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How a command came to its end. */
interface Ended {
  readonly succeeded: boolean;
  readonly interrupted: boolean;
}

/** Runs a step's command to its end, at most so long. Unless it ends well by itself, it takes with it all that it has started. */
export async function runToEnd({ name, command, arguments: args }: Pick<Step, 'name' | 'command' | 'arguments'>, limitMs: number): Promise<Ended> {
  let interrupted = false;
  const passOn = (signal: NodeJS.Signals): void => {
    interrupted = true;
    signalGroup(tree, signal);
  };
  // Before there is a command: without them a signal that comes meanwhile ends this process, and the command goes on.
  for (const signal of INTERRUPTIONS) process.on(signal, passOn);
  const tree = startTree(command, args, { cwd: repositoryRoot, env: { ...process.env, PATH: searchPath() } });
  let ended = Promise.resolve();
  const limit = setTimeout(() => {
    console.error(`checks: ${name} has not ended in ${(limitMs / 60_000).toFixed(1)} minutes, so it is ended`);
    ended = endAll(tree);
  }, limitMs);
  try {
    const [code] = await once(tree.child, 'close');
    await ended;
    const succeeded = code === 0 && !interrupted;
    if (!succeeded) await endAll(tree);
    return { succeeded, interrupted };
  } finally {
    for (const signal of INTERRUPTIONS) process.off(signal, passOn);
    clearTimeout(limit);
  }
}

/** What is left of it is said, and is no reason to keep the verdict on all else back. */
async function endAll(tree: ProcessTree): Promise<void> {
  await endTree(tree).catch((error: unknown) => console.error(`checks: ${messageOf(error)}`));
}
