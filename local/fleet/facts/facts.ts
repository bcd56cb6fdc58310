import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

/** How an instance is paid for. */
export type PurchaseMarket = 'spot' | 'on-demand';

const gpusSchema = z.object({
  name: z.string(),
  manufacturer: z.string(),
  count: z.int().positive(),
  memoryMiB: z.int().positive(),
});

const instanceTypeSchema = z.object({
  vcpus: z.int().positive(),
  threadsPerCore: z.int().positive(),
  memoryMiB: z.int().positive(),
  architecture: z.enum(['x86_64', 'arm64']),
  manufacturer: z.string(),
  networkGbps: z.number().positive(),
  efaInterfaces: z.int().nonnegative(),
  gpus: gpusSchema.optional(),
  /** The quota bucket that its vCPUs count in. */
  family: z.string(),
  onDemandUsdPerHour: z.number().positive(),
  /** The mean over the zones; missing where the type is not sold as Spot. */
  spotUsdPerHour: z.number().positive().optional(),
  /** The letters of the zones that offer it. */
  zones: z.string().regex(/^[a-f]+$/),
});

/** What is known of an instance type. */
export type InstanceTypeFacts = z.output<typeof instanceTypeSchema>;

const quotaSchema = z.object({
  code: z.string(),
  name: z.string(),
  family: z.string(),
  market: z.enum(['spot', 'on-demand']),
  vcpus: z.int().nonnegative(),
});

/** A quota of the account as Service Quotas lists it. P5 counts as P on demand and by itself as Spot. */
export type QuotaFacts = z.output<typeof quotaSchema>;

/** The instance types that exist in the simulated cloud, by name. */
export const INSTANCE_TYPES: ReadonlyMap<string, InstanceTypeFacts> = new Map(
  Object.entries(z.record(z.string(), instanceTypeSchema).parse(readFacts('instance-types.json'))),
);

/** The quotas of a new account of the simulated cloud. */
export const QUOTAS: readonly QuotaFacts[] = z.array(quotaSchema).parse(readFacts('quotas.json'));

/** The zones of the Region, with ids as the local cloud numbers those of its subnets. */
export const ZONES: readonly { readonly letter: string; readonly id: string }[] = [
  { letter: 'a', id: 'az1' },
  { letter: 'b', id: 'az2' },
  { letter: 'c', id: 'az3' },
  { letter: 'd', id: 'az4' },
  { letter: 'e', id: 'az5' },
  { letter: 'f', id: 'az6' },
];

/** The zones of `region` by name, `us-east-1a` and so on. */
export function zoneNames(region: string): string[] {
  return ZONES.map((zone) => `${region}${zone.letter}`);
}

/** The id of a zone that does not depend on the account, such as `use1-az1`. */
export function zoneId(zone: string): string {
  const region = zone.slice(0, -1);
  const id = ZONES.find((known) => known.letter === zone.slice(-1))?.id ?? 'az1';
  const [area = '', direction = '', ordinal = ''] = region.split('-');
  return `${area}${direction.slice(0, 1)}${ordinal}-${id}`;
}

/** Whether `type` is offered in `zone` in `market` at all. */
export function isOffered(type: string, zone: string, market: PurchaseMarket): boolean {
  const facts = INSTANCE_TYPES.get(type);
  return (
    facts !== undefined &&
    facts.zones.includes(zone.slice(-1)) &&
    (market === 'on-demand' || facts.spotUsdPerHour !== undefined)
  );
}

/** How many network cards a type has: one for each EFA interface, as on the types that are known here. */
export function networkCards(type: string): number {
  return Math.max(1, INSTANCE_TYPES.get(type)?.efaInterfaces ?? 1);
}

/** The strategies of placement groups that take a type: no burstable one stands in a cluster. */
export function placementStrategies(type: string): readonly string[] {
  return /^t\d/.test(type) ? ['partition', 'spread'] : ['cluster', 'partition', 'spread'];
}

/** The quota that an instance of `type` counts against, or undefined where none is kept. */
export function quotaOf(type: string, market: PurchaseMarket): QuotaFacts | undefined {
  const family = INSTANCE_TYPES.get(type)?.family;
  const bucket = family === 'p5' && market === 'on-demand' ? 'p' : family;
  return QUOTAS.find((quota) => quota.family === bucket && quota.market === market);
}

/** Spot prices differ between zones: the factor by which that of `zone` differs from the mean. */
const SPOT_ZONE_FACTORS: Readonly<Record<string, number>> = { a: 1.06, b: 0.97, c: 1.01, d: 0.93, e: 1.1, f: 1.03 };

/** The list price of one instance in USD per hour. */
export function priceUsdPerHour(type: string, zone: string, market: PurchaseMarket): number {
  const facts = INSTANCE_TYPES.get(type);
  if (facts === undefined) {
    return 0;
  }
  if (market === 'on-demand' || facts.spotUsdPerHour === undefined) {
    return facts.onDemandUsdPerHour;
  }
  return Number((facts.spotUsdPerHour * (SPOT_ZONE_FACTORS[zone.slice(-1)] ?? 1)).toFixed(6));
}

function readFacts(name: string): unknown {
  return JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8'));
}
