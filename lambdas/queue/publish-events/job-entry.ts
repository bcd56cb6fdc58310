import * as z from 'zod';
import { epochMs, jobId } from '../../../core/job/ids.ts';
import { eventTypes } from '../../../core/job/event-types.ts';
import type { JobEvent } from '../../../core/job/job.ts';
import { jobStates } from '../../../core/lifecycle/states.ts';

const entrySchema = z.object({
  jobId: z.string().transform(jobId),
  namespace: z.string(),
  number: z.int().positive(),
  atMs: z.number().transform(epochMs),
  attempt: z.int().positive(),
  type: z.enum(eventTypes),
  message: z.string(),
  provider: z.exactOptional(z.string()),
  from: z.exactOptional(z.enum(jobStates)),
  to: z.exactOptional(z.enum(jobStates)),
  data: z.exactOptional(z.record(z.string(), z.unknown())),
});

const anyEntry = z.object({ jobId: z.string(), number: z.number(), type: z.string() });

/** Names what is an entry of a history, whatever else it says; `undefined` where the item is something else. */
export function nameOfEntry(item: unknown): Readonly<z.infer<typeof anyEntry>> | undefined {
  return anyEntry.safeParse(item).data;
}

/** An entry of a job's history as the stream has it; `undefined` where the item is something else, or of a later release. */
export function jobEntry(item: unknown): JobEvent | undefined {
  const { data } = entrySchema.safeParse(item);
  return data;
}
