import * as z from 'zod';
import type { MarketView } from '../capacity/market-view.ts';
import { priceOf, spotKey } from '../capacity/market-view.ts';
import type { Cooldown, CooldownScope, Offering } from '../capacity/offering.ts';
import { scopeKey } from '../capacity/offering.ts';
import { quotaFamily } from '../capacity/error-scope.ts';
import { notCooling, screen, served } from '../capacity/screen.ts';
import type { EpochMs } from '../job/ids.ts';
import { isoTime } from '../job/ids.ts';
import type { InstanceTypeFacts } from '../ports/capacity-provider.ts';
import { timeField, usd, usdField } from './fields.ts';

/** Most instance types that one look asks about: each costs questions to EC2. */
const MAX_CAPACITY_TYPES = 20;
/** Most cooldowns that it shows. */
const MAX_COOLDOWNS = 500;

const marketName = z.enum(['spot', 'on-demand', 'reserved']);
const until = z.exactOptional(timeField).meta({ description: 'Absent for what somebody has paused.' });

const coolingSchema = z
  .object({
    kind: z.enum(['offering', 'subnet', 'quota', 'account', 'pausedMarket', 'pausedOffering']),
    scope: z.string().meta({ description: 'What is not tried: `offering/m7i.large/us-east-1a/spot` for instance.' }),
    code: z.string().meta({ description: 'What EC2 answered last, or `Paused`.' }),
    atLeast: z.exactOptional(z.int()).meta({ description: 'Launches of fewer nodes are not held back; absent: every launch is.' }),
    failures: z.int().meta({ description: 'How often in a row.' }),
    since: timeField,
    until,
    isProbed: z.boolean().meta({ description: 'Whether a job is finding out for all whether it can be had again.' }),
    pausedBy: z.exactOptional(z.object({ by: z.string(), reason: z.string() })),
  })
  .meta({ id: 'Cooling', description: 'What is not tried for now.' });

const offeringSchema = z
  .object({
    zone: z.string(),
    market: marketName,
    usdPerHour: z.exactOptional(usdField).meta({ description: 'Of one node; absent where the price is not known.' }),
    cooling: z.exactOptional(z.object({ code: z.string(), atLeast: z.exactOptional(z.int()), until })),
  })
  .meta({ id: 'Offering', description: 'A type in a zone on a market.' });

const typeSchema = z
  .object({
    instanceType: z.string(),
    vcpus: z.int(),
    memoryMiB: z.int(),
    gpus: z.int(),
    architecture: z.string(),
    efa: z.boolean(),
    interruptions: z.exactOptional(z.string()).meta({ description: 'How often Spot nodes of the type were taken back in the last month.' }),
    offerings: z.array(offeringSchema).meta({ description: 'Where the deployment could have it; none where no zone of it offers the type.' }),
  })
  .meta({ id: 'TypeCapacity', description: 'An instance type, and where it could be had.' });

export const capacitySchema = z
  .object({
    at: timeField,
    region: z.string(),
    zones: z.array(z.object({ zone: z.string(), subnetId: z.string(), freeAddresses: z.exactOptional(z.int()) })),
    cooling: z.array(coolingSchema).meta({ description: `What is not tried for now, pauses first; at most ${MAX_COOLDOWNS}.` }),
    hasMoreCooling: z.boolean(),
    quotas: z.array(z.object({ family: z.string(), market: marketName, vcpus: z.number() })).meta({ description: 'Quotas of the account, of all that runs in it.' }),
    reservations: z.array(z.object({
      reservationId: z.string(), instanceType: z.string(), zone: z.string(), available: z.int(), total: z.int(), matching: z.enum(['open', 'targeted']),
    })).meta({ description: 'Reserved capacity with room that a namespace may use.' }),
    types: z.array(typeSchema).meta({ description: 'The instance types that were asked for.' }),
    unknown: z.array(z.object({ what: z.string(), why: z.string() })).meta({ description: 'What nobody could say: launches are decided without it.' }),
  })
  .meta({ id: 'Capacity', description: 'What is known of capacity now.' });

export type CapacityView = z.output<typeof capacitySchema>;
type CoolingView = CapacityView['cooling'][number];
type TypeView = CapacityView['types'][number];
type OfferingView = TypeView['offerings'][number];

const list = (noun: string, most: number) => z
  .string()
  .max(1000)
  .transform((text) => [...new Set(text.split(',').filter((name) => name !== ''))])
  .refine((names) => names.length >= 1 && names.length <= most, { error: `must be 1 to ${most} ${noun}, separated by commas` });

export const capacityQuery = z.strictObject({
  instanceType: z.exactOptional(list('instance types', MAX_CAPACITY_TYPES)).meta({ description: `Also show these types, at most ${MAX_CAPACITY_TYPES}, separated by commas: where each could be had, and at what price.` }),
  zone: z.exactOptional(list('zones', 32)).meta({ description: 'Only these zones, separated by commas.' }),
});

/** What holds launches back in some zones and, where any are asked for, of some types; pauses first, then what lasts longest. */
export function viewCooling(view: MarketView, instanceTypes: readonly string[], nowMs: EpochMs): Pick<CapacityView, 'cooling' | 'hasMoreCooling'> {
  const cooling = view.cooldowns
    .filter(({ scope, untilMs }) => untilMs > nowMs && concerns(scope, view, instanceTypes))
    .toSorted((a, b) => b.untilMs - a.untilMs || (scopeKey(a.scope) < scopeKey(b.scope) ? -1 : 1));
  return { cooling: cooling.slice(0, MAX_COOLDOWNS).map(viewCooldown), hasMoreCooling: cooling.length > MAX_COOLDOWNS };
}

function concerns(scope: CooldownScope, { subnets }: Pick<MarketView, 'subnets'>, instanceTypes: readonly string[]): boolean {
  switch (scope.kind) {
    case 'offering':
    case 'pausedOffering':
      return Object.hasOwn(subnets, scope.offering.zone) && (instanceTypes.length === 0 || instanceTypes.includes(scope.offering.instanceType));
    case 'subnet':
      return Object.hasOwn(subnets, scope.zone);
    case 'quota':
      return instanceTypes.length === 0 || instanceTypes.some((type) => quotaFamily(type) === scope.family);
    case 'account':
    case 'pausedMarket':
      return true;
  }
}

/** The job that probes is somebody's, and stays out of it. */
function viewCooldown({ scope, code, atLeast, failures, sinceMs, untilMs, probedBy, pausedBy }: Cooldown): CoolingView {
  return {
    kind: scope.kind,
    scope: scopeKey(scope),
    code,
    ...(atLeast === undefined || atLeast <= 1 ? {} : { atLeast }),
    failures,
    since: isoTime(sinceMs),
    ...(pausedBy === undefined ? { until: isoTime(untilMs) } : { pausedBy }),
    isProbed: probedBy !== undefined,
  };
}

/** A type with each of its offerings: its price, and whether it cools. */
export function viewType(facts: InstanceTypeFacts, view: MarketView, nowMs: EpochMs): TypeView {
  const { instanceType, vcpus, memoryMiB, gpus, architecture, efa } = facts;
  const interruptions = view.interruptionBands?.get(instanceType);
  return {
    instanceType, vcpus, memoryMiB, gpus, architecture, efa,
    ...(interruptions === undefined ? {} : { interruptions }),
    offerings: viewOfferings(instanceType, view, nowMs),
  };
}

/** Asked for a launch that is as large as can be, so that what holds back large ones only is told too. */
function viewOfferings(instanceType: string, view: MarketView, nowMs: EpochMs): OfferingView[] {
  const all = Object.keys(view.subnets).toSorted().flatMap((zone) => (['spot', 'on-demand'] as const).map((market) => ({ instanceType, zone, market })));
  const offered = screen(all, [served(view)]).kept;
  const cooling = new Map(screen(offered, [notCooling(view, Infinity, true, nowMs)]).rejected.map(({ offering, rejection }) => [offering, rejection] as const));
  return offered.map((offering) => {
    const { zone, market } = offering;
    const rejection = cooling.get(offering);
    const price = knownPrice(offering, view);
    return {
      zone, market,
      ...(price === undefined ? {} : { usdPerHour: usd(price) }),
      ...(rejection?.code === 'cooling' ? { cooling: brief(rejection.cooldown) } : {}),
    };
  });
}

function brief({ code, atLeast, untilMs, pausedBy }: Cooldown): NonNullable<OfferingView['cooling']> {
  return { code, ...(atLeast === undefined || atLeast <= 1 ? {} : { atLeast }), ...(pausedBy === undefined ? { until: isoTime(untilMs) } : {}) };
}

function knownPrice(offering: Offering, view: MarketView): number | undefined {
  if (offering.market === 'spot' && !view.spotPrices.has(spotKey(offering.instanceType, offering.zone))) return undefined;
  const price = priceOf(offering, view);
  return price === 0 ? undefined : price;
}
