import * as z from 'zod';
import type { LimitedAmount, LimitPlace } from '../scheduling/plan.ts';
import type { ShareStanding } from '../scheduling/share-standing.ts';
import type { ShareAmounts } from '../shares/share-tree.ts';
import { reasonField, usd, usdField } from './fields.ts';

const partField = z.number().min(0).max(1);

/** A node of the share tree, as views name it. */
export const placeSchema = z
  .object({
    kind: z.enum(['deployment', 'group', 'namespace', 'user']),
    name: z.exactOptional(z.string()).meta({ description: 'Absent for the deployment.' }),
    namespace: z.exactOptional(z.string()).meta({ description: 'Of a user.' }),
  })
  .meta({ id: 'SharePlace', description: 'A node of the share tree.' });

const amountsSchema = z
  .object({
    runningJobs: z.exactOptional(z.int()),
    nodes: z.exactOptional(z.int()),
    vcpus: z.exactOptional(z.int()),
    gpus: z.exactOptional(z.int()),
    usdPerHour: z.exactOptional(usdField),
  })
  .meta({ id: 'ShareAmounts', description: 'What is not named is not limited, or not guaranteed.' });

/** A row of the table that `orch queue` shows. */
export const shareStandingSchema = placeSchema
  .extend({
    depth: z.int().meta({ description: 'Steps below the deployment, whose depth is 0.' }),
    weight: z.number(),
    pending: z.int().meta({ description: 'Jobs that wait in its queues.' }),
    held: amountsSchema.required().meta({ id: 'HeldAmounts', description: 'What its jobs hold now.' }),
    limits: amountsSchema,
    guarantee: amountsSchema,
    usedPart: partField.meta({ description: 'Its part of what its parent’s members used lately, by list price: 0 to 1.' }),
    entitledPart: partField.meta({ description: 'Its part by weight among itself and its siblings that have jobs: 0 to 1.' }),
    waiting: z.exactOptional(reasonField).meta({ description: 'What holds its first waiting job.' }),
  })
  .meta({ id: 'ShareStanding', description: 'A node of the share tree and how it stands among its siblings.' });

type PlaceView = z.output<typeof placeSchema>;
export type ShareStandingView = z.output<typeof shareStandingSchema>;
type AmountsView = z.output<typeof amountsSchema>;

export function viewPlace(place: LimitPlace): PlaceView {
  return place.kind === 'deployment' ? { kind: place.kind } : { ...place };
}

export function viewStanding(standing: ShareStanding): ShareStandingView {
  const { place, depth, weight, pending, held, limits, guarantee, usedPart, entitledPart } = standing;
  return {
    ...viewPlace(place), depth, weight,
    pending: shown(pending), held: viewHeld(held),
    limits: viewAmounts(limits), guarantee: viewAmounts(guarantee),
    usedPart, entitledPart,
  };
}

/** Counters that drifted may be less than nothing until somebody recounts. */
const shown = (amount: number): number => Math.max(0, amount);

function viewHeld({ runningJobs, nodes, vcpus, gpus, microUsdPerHour }: ShareStanding['held']): ShareStandingView['held'] {
  return { runningJobs: shown(runningJobs), nodes: shown(nodes), vcpus: shown(vcpus), gpus: shown(gpus), usdPerHour: usd(shown(microUsdPerHour)) };
}

function viewAmounts({ microUsdPerHour, ...counts }: ShareAmounts): AmountsView {
  return { ...counts, ...(microUsdPerHour === undefined ? {} : { usdPerHour: usd(microUsdPerHour) }) };
}

/** The name of an amount in views, where money is in dollars. */
export const amountNames = ['runningJobs', 'nodes', 'vcpus', 'gpus', 'usdPerHour'] as const;

export const viewAmountName = (amount: LimitedAmount): (typeof amountNames)[number] => (amount === 'microUsdPerHour' ? 'usdPerHour' : amount);

/** A value of an amount in views. */
export const viewAmount = (amount: LimitedAmount, value: number): number => (amount === 'microUsdPerHour' ? usd(value) : value);
