import type { Test, TestResult } from '@jest/test-result';
import type { Config } from '@jest/types';
import type { OnTestFailure, OnTestStart, OnTestSuccess, TestWatcher } from 'jest-runner';
import { TestProcess } from './test-process.ts';

/**
 * Runs test files in plain Node, for Jest. Jest's own runner gives each file a world of its own, in which it transforms,
 * reads and runs every library again: the CDK, the SDK of AWS, zod. Here a process loads libraries once, for all files
 * that it runs, and `core/`, which is pure. All other modules of this repository are loaded anew for each file: none sees
 * what another left in them. What a test may ask of Jest stands in globals.ts.
 */
export default class LibrariesOnceRunner {
  readonly supportsEventEmitters = false;
  readonly #config: Config.GlobalConfig;

  constructor(config: Config.GlobalConfig) {
    this.#config = config;
  }

  /**
   * Runs the files, as many at a time as there are workers. The first worker begins at the front, where the files are
   * that synthesize stacks, the others at the end: the CDK is loaded once.
   */
  async runTests(tests: readonly Test[], watcher: TestWatcher, onStart: OnTestStart, onResult: OnTestSuccess, onFailure: OnTestFailure): Promise<void> {
    const waiting = tests.toSorted((a, b) => (a.path < b.path ? -1 : 1));
    const work = async (_: unknown, worker: number): Promise<void> => {
      const next = () => (watcher.isInterrupted() ? undefined : worker === 0 ? waiting.shift() : waiting.pop());
      const process = new TestProcess(this.#config);
      for (let test = next(); test !== undefined; test = next()) {
        await onStart(test);
        const answer = await process.run(test.path, test.context.config);
        await (answer.result === undefined ? onFailure(test, answer.error) : onResult(test, named(answer.result, test)));
      }
      process.end();
    };
    await Promise.all(Array.from({ length: Math.min(this.#config.maxWorkers, tests.length) }, work));
  }
}

function named(result: TestResult, { context: { config: { displayName } } }: Test): TestResult {
  return displayName === undefined ? result : { ...result, displayName };
}
