import { createEmptyTestResult, type AssertionResult, type TestResult } from '@jest/test-result';
import type { Circus } from '@jest/types';
import { formatExecError, formatResultsErrors } from 'jest-message-util';
import type { Order } from './test-process.ts';

/**
 * What a file's tests came to, as Jest's reporters take it.
 *
 * @param stray errors that no test caught: they fail the file.
 * @param begun and `ended` in milliseconds since the epoch.
 */
export function asTestResult(order: Order, ran: Circus.RunResult, stray: readonly unknown[], begun: number, ended: number): TestResult {
  const testResults = ran.testResults.map(asAssertion);
  const count = (...statuses: readonly string[]): number => testResults.filter(({ status }) => statuses.includes(status)).length;
  const outside = [...ran.unhandledErrors, ...stray.map((error) => (error instanceof Error ? String(error.stack) : String(error)))];
  const empty = createEmptyTestResult();
  const messages = [
    formatResultsErrors(testResults, order, { noStackTrace: false }, order.path),
    ...outside.map((stack) => formatExecError({ message: '', stack }, order, { noStackTrace: false }, order.path)),
  ];
  return {
    ...empty,
    testFilePath: order.path,
    testResults,
    numFailingTests: count('failed'), numPassingTests: count('passed'), numPendingTests: count('pending'), numTodoTests: count('todo'),
    failureMessage: messages.filter((message) => message !== null).join('\n\n') || null,
    ...(outside.length > 0 && { testExecError: { message: '', stack: outside.join('\n') } }),
    perfStats: { ...empty.perfStats, start: begun, end: ended, runtime: ended - begun },
  };
}

function asAssertion({ testPath, errors, status, duration, invocations, numPassingAsserts, retryReasons }: Circus.TestResult): AssertionResult {
  const titles = testPath.slice(1).map(String);
  return {
    ancestorTitles: titles.slice(0, -1), title: titles.at(-1) ?? '', fullName: titles.join(' '),
    status: status === 'skip' ? 'pending' : status === 'todo' ? 'todo' : errors.length > 0 ? 'failed' : 'passed',
    failureMessages: [...errors], failureDetails: [],
    duration: duration ?? null, invocations, numPassingAsserts, retryReasons: [...retryReasons], location: null,
  };
}
