import * as z from 'zod';
import type { EpochMs } from '../../../core/job/ids.ts';
import { epochMs } from '../../../core/job/ids.ts';
import type { InterruptionBand } from '../../../core/ports/market-knowledge.ts';

/** From the fewest to the most: the feed of the Spot Instance Advisor says their index. */
export const interruptionBands = ['<5%', '5-10%', '10-15%', '15-20%', '>20%'] as const satisfies readonly InterruptionBand[];

const DAY_MS = 86_400_000;

/** How long what was read is good for. The feed is about the month that ended; quotas refuse jobs, so that one raised since must not hold for long. */
export const factsGoodMs = { bands: 7 * DAY_MS, quotas: DAY_MS } as const;

const time = z.int().nonnegative().transform((ms): EpochMs => epochMs(ms));

const partOf = <Value extends z.ZodType>(value: Value) =>
  z.object({
    /** The last that was read well, and when. */
    good: z.exactOptional(z.object({ asOfMs: time, value })),
    /** Why it could not be read since. */
    problem: z.exactOptional(z.string()),
  });

/** What was read of the market on schedule: one document for the deployment. Numbers name bands by their index. */
export const marketFacts = z.object({
  region: z.string(),
  bands: partOf(z.record(z.string(), z.int().min(0).max(interruptionBands.length - 1))),
  /** vCPUs by `<family>/<market>`. */
  quotas: partOf(z.record(z.templateLiteral([z.string(), '/', z.enum(['spot', 'on-demand', 'reserved'])]), z.number().nonnegative())),
});

export type MarketFacts = z.infer<typeof marketFacts>;

/** A part of the facts: what was known last, and what has stood in the way since. */
export interface FactsPart<Value> {
  readonly good?: { readonly asOfMs: EpochMs; readonly value: Value };
  readonly problem?: string;
}

/** What lies where the facts lie is none: another release left it, most likely. */
export class UnreadableFactsError extends Error {
  override readonly name = 'UnreadableFactsError';
}

export const nothingRead = (region: string): MarketFacts => ({ region, bands: {}, quotas: {} });
