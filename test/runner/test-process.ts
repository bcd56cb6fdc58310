import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { SerializableError, TestResult } from '@jest/test-result';
import type { Config } from '@jest/types';
import { identityOf } from '../../local/process-identity.ts';

/** What a process is told of the file that it shall run. */
export interface Order {
  readonly path: string;
  readonly testTimeout: number | undefined;
  readonly testNamePattern: string | undefined;
  readonly rootDir: string;
  readonly testMatch: string[];
}

export type Answer = { readonly result: TestResult } | { readonly result?: undefined; readonly error: SerializableError };

/** Longest that a file takes: in a loop that never waits, no limit of a test can end it. */
const FILE_LIMIT_MS = 300_000;

/** A process that runs one test file after another. One that died is followed by another. */
export class TestProcess {
  readonly #config: Config.GlobalConfig;
  readonly #limitMs: number;
  #child: ChildProcess | undefined;

  constructor(config: Config.GlobalConfig, limitMs = FILE_LIMIT_MS) {
    this.#config = config;
    this.#limitMs = limitMs;
  }

  /** Runs a file. A process that dies, or comes to no end, is the answer that the file failed. */
  run(path: string, { rootDir, testMatch, testTimeout }: Config.ProjectConfig): Promise<Answer> {
    // It may have ended and not be waited for yet.
    if (this.#child?.pid !== undefined && identityOf(this.#child.pid) === undefined) this.#child = undefined;
    const child = this.#child ??= this.#start();
    const order: Order = {
      path, rootDir, testMatch: [...testMatch], testNamePattern: this.#config.testNamePattern, testTimeout: this.#config.testTimeout ?? testTimeout,
    };
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const fail = (why: string): void => resolve({ error: { message: `The process that ran the file ${why}.`, stack: '' } });
    const died = (code: number | null, signal: string | null): void => fail(`ended: ${signal ?? code}`);
    const limit = setTimeout(() => {
      fail(`has not come to an end in ${this.#limitMs / 1000} s`);
      this.#forget(child);
      child.kill('SIGKILL');
    }, this.#limitMs);
    child.once('exit', died).once('message', resolve);
    child.send(order, (error) => {
      // Where it has died, its exit says more.
      if (error !== null && child.exitCode === null && child.signalCode === null) fail(`took no order: ${error.message}`);
    });
    return promise.finally(() => {
      clearTimeout(limit);
      child.off('exit', died).off('message', resolve);
    });
  }

  /** Ends the process, and whatever a test left open in it. */
  end(): void {
    this.#child?.kill('SIGKILL');
  }

  #start(): ChildProcess {
    const child = fork(join(import.meta.dirname, 'worker.ts'), { serialization: 'advanced', execArgv: ['--disable-warning=ExperimentalWarning'] });
    // Also between two files.
    const forget = (): void => this.#forget(child);
    return child.on('exit', forget).on('disconnect', forget).on('error', (error) => {
      forget();
      console.error(`A process that runs tests: ${error.message}`);
    });
  }

  #forget(child: ChildProcess): void {
    if (this.#child === child) this.#child = undefined;
  }
}
