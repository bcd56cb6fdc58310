import { jestExpect } from '@jest/expect';
import { ModuleMocker } from 'jest-mock';

/** What a test file gets as `@jest/globals`: the part of Jest that the tests use. */
export { afterAll, afterEach, beforeAll, beforeEach, describe, it } from 'jest-circus';

export const expect = jestExpect;

/** Where circus looks for what `jest.setTimeout` said. */
const TIMEOUT = Symbol.for('TEST_TIMEOUT_SYMBOL');

const mocker = new ModuleMocker(globalThis);

export const jest = {
  fn: mocker.fn.bind(mocker),
  spyOn: mocker.spyOn.bind(mocker),
  isMockFunction: mocker.isMockFunction.bind(mocker),
  restoreAllMocks: mocker.restoreAllMocks.bind(mocker),
  setTimeout: (milliseconds: number): void => void Reflect.set(globalThis, TIMEOUT, milliseconds),
};

/** Takes back what a file changed through `jest`. */
export function takeBack(): void {
  jest.restoreAllMocks();
  Reflect.deleteProperty(globalThis, TIMEOUT);
}
