import type { Amounts } from '../job/job.ts';
import type { ShareAmounts } from '../shares/share-tree.ts';
import type { LimitedAmount } from './plan.ts';

/** The amounts that limits are about, in the order in which vectors hold them. */
export const limitedAmounts = ['runningJobs', 'nodes', 'vcpus', 'gpus', 'microUsdPerHour'] as const satisfies readonly LimitedAmount[];

/** Length of a vector. */
export const DIMENSIONS = limitedAmounts.length;

/** Amounts as numbers in the order of `limitedAmounts`. */
export type Vector = readonly number[];

/** What a job takes: itself, and what it asks for. */
export const vectorOf = ({ nodes, vcpus, gpus, microUsdPerHour }: Amounts): Vector => [1, nodes, vcpus, gpus, microUsdPerHour];

/** Limits or guarantees as a vector; `otherwise` stands for what is not named. */
export const vectorOfShare = (amounts: ShareAmounts, otherwise: number): Vector => limitedAmounts.map((name) => amounts[name] ?? otherwise);
