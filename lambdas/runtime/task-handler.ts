import type { Context } from 'aws-lambda';
import type { TaskAnswer, TaskInput } from '../../core/lifecycle/task.ts';
import { logKeys } from './logger.ts';
import { onStack } from './stack.ts';
import { readTaskInput } from './task-input.ts';
import { logFailure, logger, logJob } from './telemetry.ts';

/** What a task of the job lifecycle does. */
export interface Task {
  run(input: TaskInput, context: Context): Promise<TaskAnswer>;
}

/** A Lambda handler of the state machine. */
export type TaskHandler = (event: unknown, context: Context) => Promise<TaskAnswer>;

/**
 * Makes a task a Lambda handler. What is expected is an answer; a thrown error is logged and thrown on under its own
 * name, by which the state machine catches it, so that the first error is kept.
 *
 * @throws InvalidRequestError for input that the state machine of this release never sends.
 */
export function taskHandler(task: Task): TaskHandler {
  return onStack<unknown, TaskAnswer>(async (event, context) => {
      const input = readTaskInput(event);
      logJob({ jobId: input.jobId, attempt: input.attempt });
      // Steps have names: the task that starts one says it.
      logKeys({ phase: input.phase, stepIndex: input.step, round: input.round });
      try {
        const answer = await task.run(input, context);
        logger.info('Task answered', { answer });
        return answer;
      } catch (error) {
        logFailure('Task failed', error);
        throw error;
      }
    });
}
