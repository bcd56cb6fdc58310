import * as z from 'zod';
import type { Cooldown } from '../capacity/offering.ts';
import { scopeKey } from '../capacity/offering.ts';
import { isoTime } from '../job/ids.ts';
import { jobStates, outcomes } from '../lifecycle/states.ts';
import { HIGHEST_BAND } from '../queue/order.ts';
import type { Obstacle } from '../scheduling/plan.ts';
import { jobIdField, timeField } from './fields.ts';
import { amountNames, placeSchema, shareStandingSchema, viewAmount, viewAmountName, viewPlace } from './share-view.ts';

const figureSchema = z
  .object({
    place: z.exactOptional(placeSchema),
    quota: z.exactOptional(z.string()).meta({ description: 'An account quota, in vCPUs: `P/spot` for instance.' }),
    amount: z.enum(amountNames),
    limit: z.number(),
    used: z.exactOptional(z.number()),
    kept: z.exactOptional(z.number()).meta({ description: 'Kept for what others are guaranteed.' }),
    asked: z.number(),
  })
  .meta({ id: 'ObstacleFigure', description: 'A limit that is in the way.' });

const coolingSchema = z
  .object({
    scope: z.string().meta({ description: 'An offering, a subnet, a quota or the account.' }),
    code: z.string().meta({ description: 'The error code of EC2, or `Paused`.' }),
    until: z.exactOptional(timeField).meta({ description: 'Absent for what an operator holds back.' }),
    atLeast: z.exactOptional(z.int()).meta({ description: 'Launches of fewer machines are tried.' }),
  })
  .meta({ id: 'CoolingScope', description: 'What is not tried for now.' });

const placeInOrderSchema = z
  .object({
    priority: z.int(),
    band: z.int().meta({ description: `Its priority band now, 0 to ${HIGHEST_BAND}, ageing included.` }),
    bandRisesAt: z.exactOptional(timeField).meta({ description: 'When ageing lifts it to the next band.' }),
    ownJobsBefore: z.int().meta({ description: 'Jobs of the same user that come before it.' }),
    isExact: z.boolean().meta({ description: 'False: there are at least so many.' }),
  })
  .meta({ id: 'PlaceInOrder', description: 'Where a waiting job stands.' });

export const explanationSchema = z
  .object({
    jobId: jobIdField,
    namespace: z.string(),
    user: z.string(),
    state: z.enum(jobStates),
    outcome: z.exactOptional(z.enum(outcomes)),
    at: timeField.meta({ description: 'When this was worked out.' }),
    code: z.string().meta({ description: 'What it waits for, for programs.' }),
    message: z.string().meta({ description: 'What it waits for, for people.' }),
    hints: z.array(z.string()).meta({ description: 'What would change that.' }),
    until: z.exactOptional(timeField).meta({ description: 'Nothing is tried before.' }),
    givenUpAt: z.exactOptional(timeField).meta({ description: 'It ends as NO_CAPACITY then, if it finds no machines before (`capacity.timeoutSeconds`).' }),
    startsBy: z.exactOptional(timeField).meta({ description: 'Limits are reserved for it: it may start then at the latest if what runs ends within its bounds.' }),
    figures: z.exactOptional(z.array(figureSchema)),
    place: z.exactOptional(placeInOrderSchema),
    shares: z.exactOptional(z.array(shareStandingSchema)).meta({ description: 'The nodes of the share tree at which it counts, from the deployment down.' }),
    cooling: z.exactOptional(z.array(coolingSchema)).meta({ description: 'What it may be launched as and is not tried for now.' }),
  })
  .meta({ id: 'Explanation', description: 'Where a job is, why, and what would change that.' });

export type ExplanationView = z.output<typeof explanationSchema>;
/** What is worked out of a job, beside what it is. */
export type Findings = Omit<ExplanationView, 'jobId' | 'namespace' | 'user' | 'state' | 'outcome' | 'at'>;
type FigureView = z.output<typeof figureSchema>;
type CoolingView = z.output<typeof coolingSchema>;

/** The figures of an obstacle; none where it has none. */
export function viewFigures(obstacle: Obstacle): FigureView[] {
  switch (obstacle.kind) {
    case 'limit':
    case 'guarantee':
    case 'tooLarge': {
      const { place, amount, limit, asked } = obstacle;
      const view = (value: number): number => viewAmount(amount, value);
      return [
        {
          place: viewPlace(place), amount: viewAmountName(amount), limit: view(limit), asked: view(asked),
          ...('used' in obstacle ? { used: view(obstacle.used) } : {}),
          ...('kept' in obstacle ? { kept: view(obstacle.kept) } : {}),
        },
      ];
    }
    case 'quota':
      return obstacle.quotas.map(({ quota, limit, used }) => ({ quota, amount: 'vcpus', limit, used, asked: obstacle.asked }));
    default:
      return [];
  }
}

export function viewCooling({ scope, code, untilMs, atLeast, pausedBy }: Cooldown): CoolingView {
  return { scope: scopeKey(scope), code, ...(pausedBy === undefined ? { until: isoTime(untilMs) } : {}), ...(atLeast === undefined ? {} : { atLeast }) };
}
