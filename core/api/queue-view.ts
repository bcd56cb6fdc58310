import * as z from 'zod';
import { pausedScopeText } from '../capacity/pauses.ts';
import { isoTime } from '../job/ids.ts';
import type { Pause, PauseScope } from '../queue/pause.ts';
import { jobIdField, timeField } from './fields.ts';
import { pauseInForceSchema } from './pause-view.ts';
import { shareStandingSchema } from './share-view.ts';

/** Most jobs that `GET /v1/queue` lists, and where nothing is said. */
const MAX_QUEUE_JOBS = 100;
const DEFAULT_QUEUE_JOBS = 20;
/** Most nodes of the share tree that it shows. */
export const MAX_QUEUE_SHARES = 500;

const waitingJobSchema = z
  .object({
    jobId: jobIdField,
    namespace: z.string(),
    user: z.string(),
    priority: z.int(),
    band: z.int().meta({ description: 'Its priority band now, ageing included.' }),
    submittedAt: timeField,
    nodes: z.int(),
    gpus: z.int(),
    code: z.string().meta({ description: 'Why it waits, for programs.' }),
    message: z.string().meta({ description: 'Why it waits, for people.' }),
    startsBy: z.exactOptional(timeField),
    givenUpAt: z.exactOptional(timeField).meta({ description: 'It is held back for capacity, and ends as NO_CAPACITY then if there is none before.' }),
  })
  .meta({ id: 'WaitingJob', description: 'A job that waits.' });

export const queueSchema = z
  .object({
    at: timeField,
    pending: z.int().meta({ description: 'Jobs that wait in the queues.' }),
    running: z.int().meta({ description: 'Jobs that hold limits.' }),
    parked: z.int().meta({ description: 'Jobs that found no capacity and hold nothing until their next turn.' }),
    launches: z.object({ inFlight: z.int(), limit: z.int() }).meta({ description: 'Jobs that look for machines, and how many may at once.' }),
    pauses: z.array(pauseInForceSchema),
    shares: z.array(shareStandingSchema).meta({ description: `The share tree, parents before their children; at most ${MAX_QUEUE_SHARES} nodes, those with jobs first.` }),
    hasMoreShares: z.boolean(),
    jobs: z.array(waitingJobSchema).meta({ description: 'The next jobs in the order in which they would start if there were room.' }),
    hasMoreJobs: z.boolean(),
    isPartial: z.boolean().meta({ description: 'Whether there were more queues than were read: the order and the reasons are then those among these.' }),
  })
  .meta({ id: 'Queue', description: 'What waits, what runs, and how the shares stand.' });

export const queueLimit = z
  .string()
  .regex(/^\d{1,4}$/, { error: `must be a whole number from 0 to ${MAX_QUEUE_JOBS}` })
  .transform(Number)
  .refine((limit) => limit <= MAX_QUEUE_JOBS, { error: `must be a whole number from 0 to ${MAX_QUEUE_JOBS}` })
  .default(DEFAULT_QUEUE_JOBS)
  .meta({ description: `How many waiting jobs to list, 0 to ${MAX_QUEUE_JOBS}.` });

export type QueueView = z.output<typeof queueSchema>;
export type WaitingJobView = z.output<typeof waitingJobSchema>;
type PauseView = z.output<typeof pauseInForceSchema>;

export function viewPause({ scope, by, reason, atMs }: Pause): PauseView {
  return { scope: pauseScopeText(scope), by, reason, at: isoTime(atMs) };
}

/** How a pause's scope is called. */
export function pauseScopeText(scope: PauseScope): string {
  switch (scope.kind) {
    case 'queue':
      return 'the queue';
    case 'namespace':
      return `namespace ${scope.namespace}`;
    case 'market':
    case 'offering':
      return pausedScopeText(scope);
  }
}
