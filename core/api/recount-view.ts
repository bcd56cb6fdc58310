import * as z from 'zod';
import type { Drift } from '../scheduling/recount.ts';
import { operatorReason, usd } from './fields.ts';

export const recountSchema = z
  .strictObject({
    repair: z.boolean().default(false).meta({ description: 'Whether what is wrong is put right.' }),
    reason: z.exactOptional(operatorReason).meta({ description: 'Why, for the audit; needed for a repair.' }),
  })
  .refine(({ repair, reason }) => !repair || reason !== undefined, { path: ['reason'], error: 'is needed for a repair: it is kept in the audit' })
  .meta({ id: 'Recount', unusedIO: 'input', description: 'Whether to compare only, or to repair.' });

const driftSchema = z
  .object({
    namespace: z.string(),
    user: z.string(),
    lane: z.exactOptional(z.string()).meta({ description: 'Of `pending`: the part of the user’s queue.' }),
    amount: z.string().meta({
      description: 'What is counted: `runningJobs`, `nodes`, `vcpus`, `gpus`, `usdPerHour`, an account quota such as `Standard/spot`, or `pending`.',
    }),
    counted: z.number().meta({ description: 'What the counter says.' }),
    actual: z.number().meta({ description: 'What the jobs say.' }),
    repaired: z.boolean().meta({ description: 'A count of waiting jobs is repaired only while nobody submits.' }),
  })
  .meta({ id: 'Drift', description: 'A counter that is not what the jobs say.' });

export const recountedSchema = z
  .object({
    drifts: z.array(driftSchema),
    repaired: z.boolean().meta({ description: 'Whether there were drifts and all have been put right.' }),
    lanesNotCounted: z.int().meta({ description: 'Parts of queues that there was no time to count; their entries are as they were.' }),
  })
  .meta({ id: 'Recounted', description: 'Counters of limits and of waiting jobs, against the jobs themselves.' });

export function viewDrift({ amount, counted, actual, ...of }: Drift, repaired: boolean): z.output<typeof driftSchema> {
  const row = amount === 'microUsdPerHour' ? { amount: 'usdPerHour', counted: usd(counted), actual: usd(actual) } : { amount, counted, actual };
  return { ...of, ...row, repaired };
}
