import * as z from 'zod';
import { InvalidRequestError } from '../../core/errors/orchestrator-error.ts';
import type { EpochMs } from '../../core/job/ids.ts';
import { jobStates } from '../../core/lifecycle/states.ts';
import { answerKinds, phases, type TaskInput } from '../../core/lifecycle/task.ts';

const epochMsSchema = z.custom<EpochMs>((value) => typeof value === 'number' && Number.isFinite(value));

const answerSchema = z.object({
  kind: z.enum(answerKinds),
  reason: z.exactOptional(z.object({ code: z.string(), message: z.string() })),
  exitCode: z.exactOptional(z.int()),
  untilMs: z.exactOptional(epochMsSchema),
  waitsFor: z.exactOptional(z.array(z.string())),
  byClock: z.exactOptional(z.literal(true)),
});

/** Unknown keys are dropped: an execution may have been started by the next release before a rollback. */
const inputSchema = z.object({
  jobId: z.string().min(1),
  attempt: z.int().positive(),
  enter: z.array(z.enum(jobStates)),
  result: z.exactOptional(answerSchema),
  phase: z.exactOptional(z.enum(phases)),
  step: z.exactOptional(z.int().nonnegative()),
  round: z.exactOptional(z.int().nonnegative()),
  token: z.exactOptional(z.string().min(1)),
}) satisfies z.ZodType<TaskInput>;

/**
 * Reads what the state machine sends to a task.
 *
 * @throws InvalidRequestError for input that the state machine of this release never sends.
 */
export function readTaskInput(event: unknown): TaskInput {
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
