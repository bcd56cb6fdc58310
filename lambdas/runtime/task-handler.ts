import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { InvalidRequestError } from '../../core/errors/orchestrator-error.ts';
import type { EpochMs } from '../../core/job/ids.ts';
import { jobStates } from '../../core/lifecycle/states.ts';
import { answerKinds, phases } from '../../core/lifecycle/task.ts';
import type { TaskAnswer, TaskInput } from '../../core/lifecycle/task.ts';
import { onStack } from './stack.ts';
import { logFailure, logger, logJob } from './telemetry.ts';

const epochMsSchema = z.custom<EpochMs>((value) => typeof value === 'number' && Number.isFinite(value));

const answerSchema = z.object({
  kind: z.enum(answerKinds),
  reason: z.exactOptional(z.object({ code: z.string(), message: z.string() })),
  exitCode: z.exactOptional(z.int()),
  untilMs: z.exactOptional(epochMsSchema),
});

/** Unknown keys are dropped: an execution may have been started by the next release before a rollback. */
const inputSchema = z.object({
  jobId: z.string().min(1),
  attempt: z.int().positive(),
  enter: z.array(z.enum(jobStates)),
  result: z.exactOptional(answerSchema),
  phase: z.exactOptional(z.enum(phases)),
  step: z.exactOptional(z.int().nonnegative()),
  token: z.exactOptional(z.string().min(1)),
}) satisfies z.ZodType<TaskInput>;

/** What a task of the job lifecycle does. */
export interface Task {
  run(input: TaskInput, context: Context): Promise<TaskAnswer>;
}

/** A Lambda handler of the state machine. */
export type TaskHandler = (event: unknown, context: Context) => Promise<TaskAnswer>;

/**
 * Makes a task a Lambda handler. What is expected is an answer; a thrown error is logged and thrown on as it is, with
 * its own name and cause, so that the state machine catches it and the first error is kept.
 *
 * @throws InvalidRequestError for input that the state machine of this release never sends.
 */
export function taskHandler(task: Task): TaskHandler {
  return onStack<unknown, TaskAnswer>(async (event, context) => {
      const input = readInput(event);
      logJob({ jobId: input.jobId, attempt: input.attempt });
      logger.appendKeys({ phase: input.phase, step: input.step });
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

function readInput(event: unknown): TaskInput {
  const result = inputSchema.safeParse(withoutNulls(event));
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new InvalidRequestError(`Not the input of a task: ${problems.join('; ')}.`, { problems });
}

/** JSONata cannot leave a key out of an object: what is absent may come as null. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const present = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(present.map(([key, inner]) => [key, withoutNulls(inner)]));
}
