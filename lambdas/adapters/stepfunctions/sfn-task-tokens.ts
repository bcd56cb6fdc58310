import { InvalidToken, SendTaskSuccessCommand, TaskDoesNotExist, TaskTimedOut, type SFNClient } from '@aws-sdk/client-sfn';
import type { TaskAnswer } from '../../../core/lifecycle/task.ts';
import type { TaskTokens } from '../../../core/ports/executions.ts';

/**
 * Task tokens by SendTaskSuccess: even a failure is an answer on which the machine branches.
 * Needs `states:SendTaskSuccess` on the state machine.
 */
export class SfnTaskTokens implements TaskTokens {
  readonly #sfn: SFNClient;

  constructor(sfn: SFNClient) {
    this.#sfn = sfn;
  }

  async answer(token: string, answer: TaskAnswer): Promise<'answered' | 'gone'> {
    try {
      await this.#sfn.send(new SendTaskSuccessCommand({ taskToken: token, output: JSON.stringify(answer) }));
      return 'answered';
    } catch (error) {
      if (error instanceof TaskTimedOut || error instanceof TaskDoesNotExist || error instanceof InvalidToken) return 'gone';
      throw error;
    }
  }
}
