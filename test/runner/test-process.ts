import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { SerializableError, TestResult } from '@jest/test-result';
import type { Config } from '@jest/types';

/** What a process is told of the file that it shall run. */
export interface Order {
  readonly path: string;
  readonly testTimeout: number | undefined;
  readonly testNamePattern: string | undefined;
  readonly rootDir: string;
  readonly testMatch: string[];
}

export type Answer = { readonly result: TestResult } | { readonly result?: undefined; readonly error: SerializableError };

/** A process that runs one test file after another. One that died is followed by another. */
export class TestProcess {
  readonly #config: Config.GlobalConfig;
  #child: ChildProcess | undefined;

  constructor(config: Config.GlobalConfig) {
    this.#config = config;
  }

  /** Runs a file. A process that dies is the answer that the file failed. */
  run(path: string, { rootDir, testMatch, testTimeout }: Config.ProjectConfig): Promise<Answer> {
    const child = this.#child ??= fork(join(import.meta.dirname, 'worker.ts'), { serialization: 'advanced', execArgv: ['--disable-warning=ExperimentalWarning'] });
    const order: Order = {
      path, rootDir, testMatch: [...testMatch], testNamePattern: this.#config.testNamePattern, testTimeout: this.#config.testTimeout ?? testTimeout,
    };
    return new Promise((resolve) => {
      const died = (code: number | null, signal: string | null): void => {
        this.#child = undefined;
        resolve({ error: { message: `The process that ran the file ended: ${signal ?? code}.`, stack: '' } });
      };
      child.once('exit', died);
      child.once('message', (answer: Answer) => {
        child.off('exit', died);
        resolve(answer);
      });
      child.send(order);
    });
  }

  /** Ends the process, and whatever a test left open in it. */
  end(): void {
    this.#child?.kill('SIGKILL');
  }
}
