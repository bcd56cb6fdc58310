import type { Command, CommandStatus, Invocation } from './command.ts';
import { isFinal } from './command.ts';

const FAILURES: readonly Invocation['status'][] = ['Failed', 'ExecutionTimedOut', 'DeliveryTimedOut'];

/** Reads `10` or `10%` of `total`; of a percentage at least one where `atLeastOne` says so. */
export function limitOf(text: string, total: number, atLeastOne: boolean): number {
  const amount = text.endsWith('%') ? Math.floor((Number.parseInt(text, 10) * total) / 100) : Number.parseInt(text, 10);
  return Math.max(atLeastOne ? 1 : 0, amount);
}

/** Whether so many invocations failed that SSM sends no more. */
export function errorsExceeded(command: Pick<Command, 'maxErrors'>, invocations: readonly Invocation[]): boolean {
  return countFailures(invocations) > limitOf(command.maxErrors, invocations.length, false);
}

/** How many invocations have failed or timed out. */
export function countFailures(invocations: readonly Invocation[]): number {
  return invocations.filter(({ status }) => FAILURES.includes(status)).length;
}

/** The status of a command, from its invocations. */
export function commandStatus(command: Pick<Command, 'maxErrors' | 'cancelled' | 'targets'>, invocations: readonly Invocation[]): CommandStatus {
  if (invocations.length === 0) {
    return 'NoInstancesInTag';
  }
  if (!invocations.every(({ status }) => isFinal(status))) {
    if (command.cancelled) {
      return 'Cancelling';
    }
    return invocations.every(({ status }) => status === 'Pending') ? 'Pending' : 'InProgress';
  }
  const has = (status: Invocation['status']) => invocations.some((invocation) => invocation.status === status);
  if (command.cancelled && has('Cancelled')) {
    return 'Cancelled';
  }
  if (errorsExceeded(command, invocations)) {
    return has('DeliveryTimedOut') && !has('Failed') && !has('ExecutionTimedOut') ? 'DeliveryTimedOut' : 'Failed';
  }
  return invocations.every(({ status }) => status === 'Success') ? 'Success' : 'Incomplete';
}
