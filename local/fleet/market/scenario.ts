import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { z } from 'zod';

const countSchema = z.int().nonnegative();

/** `[seconds of fleet time, capacity from then on]`, in rising order of time. */
const timelineSchema = z.array(z.tuple([z.number().nonnegative(), countSchema])).min(1);

const traceSchema = z.strictObject({
  /** A CSV file with a header; relative to the scenario's folder. */
  file: z.string(),
  column: z.string(),
  /** Fleet seconds that a row lasts. */
  secondsPerRow: z.number().positive(),
  /** The row the market starts at, 0 by default. */
  firstRow: z.int().nonnegative().default(0),
  /** How many instances a 1 in the trace stands for, 1 by default. */
  instancesPerUnit: z.int().positive().default(1),
});

const capacityRuleSchema = z.strictObject({
  /** Instance type, `*` stands for any text. */
  type: z.string().default('*'),
  zone: z.string().default('*'),
  market: z.enum(['spot', 'on-demand', '*']).default('*'),
  capacity: z.union([countSchema, z.strictObject({ timeline: timelineSchema }), z.strictObject({ trace: traceSchema })]),
});

const reservationSchema = z.strictObject({
  id: z.string().regex(/^cr-[0-9a-f]{8,17}$/),
  type: z.string(),
  zone: z.string(),
  /** Instances, in use or not. They come on top of what the market holds. */
  total: countSchema,
  /** `open`: any on-demand launch that fits takes of it; `targeted`: only launches that name it. */
  matching: z.enum(['open', 'targeted']).default('open'),
});

/** Capacity that the account has reserved. */
export type Reservation = z.output<typeof reservationSchema>;

/** How much of some offerings there is. Of several rules that fit an offering the last one holds. */
export type CapacityRule = z.output<typeof capacityRuleSchema>;

const bootSchema = z.strictObject({
  /** Fleet seconds from launch to `running`. */
  runningSeconds: z.number().nonnegative().default(8),
  /** Fleet seconds from `running` until the SSM agent registers. */
  registerSeconds: z.number().nonnegative().default(30),
  /** Fleet seconds that shutting down takes. */
  terminateSeconds: z.number().nonnegative().default(20),
  /** Each boot takes up to this share longer, by instance. */
  jitter: z.number().min(0).max(10).default(0.3),
});

const visibilitySchema = z.strictObject({
  /** Wall milliseconds until a new instance is seen by DescribeInstances. */
  instanceMs: z.int().nonnegative().default(500),
  /** Wall milliseconds until a new command's invocations are listed. */
  invocationMs: z.int().nonnegative().default(200),
});

const throttleSchema = z.strictObject({
  /** Calls that may be made at once, and what comes back per second of wall time. */
  bucket: z.int().positive(),
  refillPerSecond: z.number().positive(),
});

/** How often Spot instances of a type were taken back within a month, from under 5 % (0) to over 20 % (4). */
const bandsSchema = z.record(z.string(), z.int().min(0).max(4));

const marketFields = {
  capacity: z.array(capacityRuleSchema),
  reservations: z.array(reservationSchema),
  /** vCPUs by quota code. */
  quotas: z.record(z.string(), countSchema),
  boot: bootSchema,
  visibility: visibilitySchema,
  /** Fleet seconds between a Spot notice and the reclaim. */
  noticeSeconds: z.number().nonnegative(),
  /** Whether Spot instances are reclaimed when the market's capacity falls below what runs. */
  reclaimWhenCapacityFalls: z.boolean(),
  /** Request rates by EC2 action. */
  throttles: z.record(z.string(), throttleSchema),
  /** By instance type, `*` stands for any text; the last that fits holds. */
  interruptionBands: bandsSchema,
  /** Different questions to GetSpotPlacementScores within 24 hours of wall time. */
  placementScoreQuestions: countSchema,
  /** Launches come out of a bucket of their own, in instances. */
  launchTokens: throttleSchema,
};

/** What a market is described by, and a change may name. */
export const partsOfMarket: readonly string[] = Object.keys(marketFields);

/** EC2's published rates; describing is 100 refilled by 20, changing 50 refilled by 5. */
const PUBLISHED_THROTTLES: Record<string, z.output<typeof throttleSchema>> = {
  CreateFleet: { bucket: 50, refillPerSecond: 5 },
  TerminateInstances: { bucket: 100, refillPerSecond: 5 },
  CreateTags: { bucket: 100, refillPerSecond: 10 },
  DescribeInstances: { bucket: 100, refillPerSecond: 20 },
};

const scenarioSchema = z.strictObject({
  $schema: z.string().optional(),
  description: z.string().optional(),
  capacity: marketFields.capacity.default([
    { type: '*', zone: '*', market: 'on-demand', capacity: 1000 },
    { type: '*', zone: '*', market: 'spot', capacity: 100 },
  ]),
  reservations: marketFields.reservations.default([]),
  quotas: marketFields.quotas.default({}),
  boot: bootSchema.prefault({}),
  visibility: visibilitySchema.prefault({}),
  noticeSeconds: marketFields.noticeSeconds.default(120),
  reclaimWhenCapacityFalls: marketFields.reclaimWhenCapacityFalls.default(true),
  throttles: marketFields.throttles.default(PUBLISHED_THROTTLES),
  interruptionBands: bandsSchema.default({ '*': 0, 'g5.*': 2, 'p*': 3 }),
  placementScoreQuestions: marketFields.placementScoreQuestions.default(50),
  launchTokens: throttleSchema.default({ bucket: 1000, refillPerSecond: 2 }),
});

/** A market: what capacity, quotas, boots and notices are like. */
export type Scenario = z.output<typeof scenarioSchema>;

/** What `PUT /_fleet/market` takes: any part of a scenario. */
export const marketChangeSchema = z.strictObject(marketFields).extend({
  boot: bootSchema.partial(),
  visibility: visibilitySchema.partial(),
}).partial();

/** A change of a running market. */
export type MarketChange = z.output<typeof marketChangeSchema>;

/** Reads a scenario from `file`; trace files are found beside it. Throws with the paths of what is wrong. */
export function readScenario(file: string): Scenario {
  const parsed = parseScenario(JSON.parse(readFileSync(file, 'utf8')));
  return { ...parsed, capacity: resolveTraces(parsed.capacity, dirname(resolve(file))) };
}

/** A scenario from a value, with every default filled in. */
export function parseScenario(value: unknown): Scenario {
  const result = scenarioSchema.safeParse(value);
  if (!result.success) {
    throw new Error(`The scenario is not valid:\n${z.prettifyError(result.error)}`);
  }
  return result.data;
}

/** The scenario after `change`: what is there of an offering or id is replaced, others added last, the rest merged. */
export function changeScenario(scenario: Scenario, change: MarketChange): Scenario {
  const rules = change.capacity ?? [];
  const kept = scenario.capacity.filter(
    (old) => !rules.some((rule) => rule.type === old.type && rule.zone === old.zone && rule.market === old.market),
  );
  const reservations = change.reservations ?? [];
  return {
    ...scenario,
    ...withoutUndefined(change),
    capacity: [...kept, ...rules],
    reservations: [...scenario.reservations.filter((old) => reservations.every(({ id }) => id !== old.id)), ...reservations],
    quotas: { ...scenario.quotas, ...change.quotas },
    throttles: { ...scenario.throttles, ...change.throttles },
    interruptionBands: { ...scenario.interruptionBands, ...change.interruptionBands },
    boot: { ...scenario.boot, ...withoutUndefined(change.boot ?? {}) },
    visibility: { ...scenario.visibility, ...withoutUndefined(change.visibility ?? {}) },
  };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Defined<T>;
}

function resolveTraces(rules: readonly CapacityRule[], folder: string): CapacityRule[] {
  return rules.map((rule) =>
    typeof rule.capacity === 'object' && 'trace' in rule.capacity
      ? { ...rule, capacity: { trace: { ...rule.capacity.trace, file: resolve(folder, rule.capacity.trace.file) } } }
      : rule,
  );
}
