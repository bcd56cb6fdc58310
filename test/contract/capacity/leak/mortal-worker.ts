import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { AcquireResult, ReleaseResult } from '../../../../core/capacity/gang.ts';
import { VersionConflictError } from '../../../../core/errors/orchestrator-error.ts';
import type { Death, Phase } from './phases.ts';
import type { FromWorker, Remote, RemoteCall, Surroundings, ToWorker, Work } from './work.ts';
import type { WorkerProgram } from './worker-program.ts';

/** How an order ended, and where the process was then. */
export type Ending = { readonly at: Phase } & (
  | { readonly kind: 'done'; readonly result: AcquireResult | ReleaseResult }
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'died' }
  /** It stands still; another process works from now on. `wake` lets it go on to its end, and ends it then. */
  | { readonly kind: 'stalled'; readonly wake: () => Promise<Ending> }
);

/** A worker that is replaced by another when it is killed. */
export class MortalWorker {
  readonly #program: WorkerProgram;
  readonly #surroundings: Surroundings;
  #child: ChildProcess | undefined;

  constructor(program: WorkerProgram, surroundings: Surroundings) {
    this.#program = program;
    this.#surroundings = surroundings;
  }

  /** @param death how the worker kills itself, or after how many milliseconds it is killed from outside */
  async carryOut(work: Work, remote: Remote, death?: Death | { readonly afterMs: number }): Promise<Ending> {
    const child = (this.#child ??= fork(this.#program.script, { execArgv: [...this.#program.execArgv], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }));
    const own = death !== undefined && 'on' in death ? death : undefined;
    child.send({ kind: 'work', surroundings: this.#surroundings, work, ...(own ? { death: own } : {}) } satisfies ToWorker);
    const timer = death !== undefined && own === undefined ? setTimeout(() => child.kill('SIGKILL'), death.afterMs) : undefined;
    const ending = await outcome(child, remote, work.kind === 'release' ? 'release: before anything is done' : 'before anything is written');
    clearTimeout(timer);
    // Killed from outside before anybody hears of what it did.
    if (timer !== undefined && ending.kind !== 'died') await this.end();
    if (timer !== undefined || ending.kind === 'died' || ending.kind === 'stalled') this.#child = undefined;
    return timer === undefined ? ending : { kind: 'died', at: ending.at };
  }

  async end(): Promise<void> {
    const child = this.#child;
    if (!child?.connected) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
}

/** Serves a worker until it is done or dead. What it had sent before it died is heard all the same. */
function outcome(child: ChildProcess, remote: Remote, begins: Phase): Promise<Ending> {
  return new Promise((resolve) => {
    let at = begins;
    const onMessage = (message: FromWorker): void => {
      if (message.kind === 'entered') at = message.phase;
      else if (message.kind === 'call') void serve(child, message.id, message.call, remote);
      else if (message.kind === 'stalled') finish({ kind: 'stalled', at, wake: async () => wake(child, remote, at) });
      else finish({ ...message, at });
    };
    const onDeath = (): void => {
      if (!child.connected && child.signalCode !== null) finish({ kind: 'died', at });
    };
    const finish = (ending: Ending): void => {
      child.off('message', onMessage).off('exit', onDeath).off('disconnect', onDeath);
      resolve(ending);
    };
    child.on('message', onMessage).on('exit', onDeath).on('disconnect', onDeath);
  });
}

async function wake(child: ChildProcess, remote: Remote, at: Phase): Promise<Ending> {
  const ending = outcome(child, remote, at);
  child.kill('SIGCONT');
  return ending.finally(() => child.kill('SIGKILL'));
}

async function serve(child: ChildProcess, id: number, call: RemoteCall, remote: Remote): Promise<void> {
  const answer = (message: ToWorker): void => {
    // A dead worker hears nothing.
    if (child.connected) child.send(message, () => undefined);
  };
  try {
    const value = await makeCall(call, remote);
    answer({ kind: 'answer', id, ...(value === undefined ? {} : { json: JSON.stringify(value) }) });
  } catch (error) {
    if (!(error instanceof VersionConflictError)) throw error;
    answer({ kind: 'conflict', id, message: error.message });
  }
}

async function makeCall(call: RemoteCall, remote: Remote): Promise<unknown> {
  switch (call.method) {
    case 'openLaunch':
      return remote.openLaunch(...call.args);
    case 'closeLaunch':
      return remote.closeLaunch(...call.args);
    case 'launches':
      return remote.launches(...call.args);
    case 'recent':
      return remote.recent(...call.args);
    case 'record':
      return remote.record(...call.args);
    case 'replace':
      return remote.replace(...call.args);
    case 'clear':
      return remote.clear(...call.args);
    case 'interrupted':
      return remote.interrupted();
  }
}
