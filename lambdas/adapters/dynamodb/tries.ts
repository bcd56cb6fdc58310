import type { TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { refusalOf } from './refusals.ts';

/** The document client's command and the one that it wraps share their middleware. */
const insideOfRetries = { step: 'finalizeRequest', name: 'watched', priority: 'low', override: true } as const;

/** The command, such that the client's retries end at the first error after which it may have gone through. */
export function sentOnce(command: UpdateCommand): UpdateCommand {
  let lost: unknown;
  const throwLost = (): void => {
    if (lost !== undefined) throw lost;
  };
  command.middlewareStack.add(watched((error) => (lost ??= error), throwLost), insideOfRetries);
  return command;
}

/**
 * The command, such that `unclear` hears of each error after which it may have gone through. The client sends it again
 * then, and what becomes of that says nothing of the try before: it may be throttled.
 */
export function watchedFor(command: TransactWriteCommand, unclear: (error: unknown) => void): TransactWriteCommand {
  command.middlewareStack.add(watched(unclear), insideOfRetries);
  return command;
}

function watched(unclear: (error: unknown) => void, beforeTry: () => void = () => undefined) {
  return <Args, Result>(next: (args: Args) => Promise<Result>) =>
    async (args: Args): Promise<Result> => {
      beforeTry();
      try {
        return await next(args);
      } catch (error) {
        if (refusalOf(error) === undefined) unclear(error);
        throw error;
      }
    };
}
