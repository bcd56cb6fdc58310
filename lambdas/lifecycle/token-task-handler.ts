import { InvalidRequestError } from '../../core/errors/orchestrator-error.ts';
import type { TaskInput } from '../../core/lifecycle/task.ts';
import { taskHandler } from '../runtime/task-handler.ts';

/** Input of a task that answers through its token. */
export type TokenTaskInput = TaskInput & { readonly token: string };

/**
 * A task that is over when somebody answers its token: what the function itself returns is not looked at.
 *
 * @throws InvalidRequestError if the state machine sent no token.
 */
export function tokenTaskHandler(run: (input: TokenTaskInput) => Promise<void>) {
  return taskHandler({
    run: async (input) => {
      if (input.token === undefined) throw new InvalidRequestError('The task has no token to answer.');
      await run({ ...input, token: input.token });
      return { kind: 'pending' };
    },
  });
}
