import { setImmediate as nextTurn } from 'node:timers/promises';
import { jestExpect } from '@jest/expect';
import { addEventHandler, getState, resetState, run } from 'jest-circus';
import { importAnew } from './fresh-modules.ts';
import { takeBack } from './globals.ts';
import { asTestResult } from './report.ts';
import type { Answer, Order } from './test-process.ts';

/** Errors that no test caught, of the file that runs. */
const stray: unknown[] = [];
process.on('uncaughtException', (error) => stray.push(error));
process.on('unhandledRejection', (error) => stray.push(error));

addEventHandler((event) => {
  if (event.name === 'test_start') jestExpect.setState({ currentTestName: event.test.name });
  if (event.name !== 'test_done') return;
  event.test.numPassingAsserts = jestExpect.getState().numPassingAsserts;
  event.test.errors.push(...jestExpect.extractExpectedAssertionsErrors().map(({ error }) => error));
});

async function runFile(order: Order): Promise<Answer> {
  const begun = Date.now();
  const environment = { ...process.env };
  expectTests(order);
  try {
    await importAnew(order.path);
    const ran = await run();
    // Rejections that nobody waits for are told a turn later.
    await nextTurn();
    return { result: asTestResult(order, ran, stray, begun, Date.now()) };
  } finally {
    stray.length = 0;
    takeBack();
    restore(environment);
  }
}

function expectTests({ path, testTimeout, testNamePattern }: Order): void {
  resetState();
  Object.assign(getState(), {
    ...(testTimeout !== undefined && { testTimeout }),
    ...(testNamePattern !== undefined && { testNamePattern: new RegExp(testNamePattern, 'i') }),
  });
  jestExpect.setState({ testPath: path });
}

function restore(environment: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (!(name in environment)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, environment);
}

// Without whoever gave the orders there is nobody to end what a test left open.
process.on('disconnect', () => process.exit());
process.on('message', (order: Order) => {
  void runFile(order)
    .catch((error: unknown): Answer => ({ error: { message: String(error), stack: error instanceof Error ? error.stack : '' } }))
    .then((answer) => process.send?.(answer));
});
