import type { EpochMs } from '../job/ids.ts';
import { errorScope } from './error-scope.ts';
import { efaInterfacesOf } from './efa.ts';
import type { GangRequest, LaunchRecord, PoolRequest } from './gang.ts';
import { endFor } from './half-open.ts';
import type { MarketView } from './market-view.ts';
import { priceOf, reservedRoom, scopesOf } from './market-view.ts';
import type { Cooldown, Offering } from './offering.ts';
import { offeringKey, scopeKey } from './offering.ts';
import { quotaKey } from './quota-fit.ts';

/** Why an offering is left out. */
type Rejection =
  | { readonly code: 'unknown-type' | 'not-offered' | 'no-efa' | 'not-close' | 'no-quota' | 'no-addresses' | 'not-reserved' | 'tried' | 'too-dear' }
  | { readonly code: 'cooling'; readonly cooldown: Cooldown };

/** A condition on offerings. */
export type Filter = (offering: Offering) => Rejection | undefined;

export interface Screening {
  readonly kept: readonly Offering[];
  /** Each with the first reason found, so that a choice can be explained. */
  readonly rejected: readonly { readonly offering: Offering; readonly rejection: Rejection }[];
}

/** Sorts offerings into those that pass all filters and those that do not, with the reason. */
export function screen(offerings: readonly Offering[], filters: readonly Filter[]): Screening {
  const kept: Offering[] = [];
  const rejected: { offering: Offering; rejection: Rejection }[] = [];
  for (const offering of offerings) {
    const rejection = firstRejection(offering, filters);
    if (rejection === undefined) kept.push(offering);
    else rejected.push({ offering, rejection });
  }
  return { kept, rejected };
}

function firstRejection(offering: Offering, filters: readonly Filter[]): Rejection | undefined {
  for (const filter of filters) {
    const rejection = filter(offering);
    if (rejection !== undefined) return rejection;
  }
  return undefined;
}

/** The type exists, has what the pool asks of it, may stand close together where the gang does, its zone offers it, and the deployment has a subnet there. */
export function served(view: MarketView, { efa }: Pick<PoolRequest, 'efa'> = { efa: false }, { placementGroup = false }: Pick<GangRequest, 'placementGroup'> = {}): Filter {
  return ({ instanceType, zone }) => {
    const facts = view.types.get(instanceType);
    if (facts === undefined) return { code: 'unknown-type' };
    if (efa && efaInterfacesOf(facts) === 0) return { code: 'no-efa' };
    if (placementGroup && facts.clusterGroups === false) return { code: 'not-close' };
    return facts.zones.includes(zone) && view.subnets[zone] !== undefined ? undefined : { code: 'not-offered' };
  };
}

/** The zone has addresses for `need` machines, or nobody knows. */
export function addressed(addressesIn: (zone: string) => number, need: number): Filter {
  return ({ zone }) => (addressesIn(zone) < need ? { code: 'no-addresses' } : undefined);
}

/** What is launched as reserved has room in a reservation. */
export function reserved(view: MarketView): Filter {
  return (offering) => (offering.market === 'reserved' && reservedRoom(offering, view) === 0 ? { code: 'not-reserved' } : undefined);
}

/** The job holds what the offering counts as of the account's quotas, or nobody counts any. */
export function withinQuotas({ quotas = {} }: Pick<GangRequest, 'quotas'>): Filter {
  if (Object.keys(quotas).length === 0) return () => undefined;
  return ({ instanceType, market }) => (quotas[quotaKey(instanceType, market)] === undefined ? { code: 'no-quota' } : undefined);
}

/**
 * Nothing that covers the offering cools for launches of `need` machines. The account's own cooldown counts only where
 * `heedAccount` says so: a gang that holds machines goes on, it is those that hold none who make room.
 */
export function notCooling(view: MarketView, need: number, heedAccount: boolean, nowMs: EpochMs): Filter {
  const active = new Map<string, Cooldown>();
  for (const cooldown of view.cooldowns) {
    if (endFor(cooldown, view.asksEarly === true) > nowMs && need >= (cooldown.atLeast ?? 1)) active.set(scopeKey(cooldown.scope), cooldown);
  }
  return (offering) => {
    if (active.size === 0) return undefined;
    const scopes = scopesOf(offering, view).filter((scope) => heedAccount || scope.kind !== 'account');
    const [longest] = scopes.flatMap((scope) => active.get(scopeKey(scope)) ?? []).toSorted((a, b) => b.untilMs - a.untilMs);
    return longest && { code: 'cooling', cooldown: longest };
  };
}

/**
 * This turn has not yet found that `need` machines cannot be had of the offering. Of reserved capacity a launch asks for
 * all that there is, so that one that was answered leaves nothing to its pool, though the count may still say otherwise.
 */
export function notTried(turn: readonly LaunchRecord[], need: number, pool?: string): Filter {
  const exhausted = new Set<string>();
  let throttled = false;
  for (const { result, ...launch } of turn) {
    if (result === undefined) continue;
    throttled ||= result.unavailable.some(({ code }) => errorScope(code) === 'account');
    const missed = result.launched.length < launch.count || (launch.market === 'reserved' && launch.pool === pool);
    const shortFrom = result.launched.length === 0 ? launch.minimum : 1;
    if (!missed || need < shortFrom) continue;
    for (const zone of launch.zones) {
      for (const instanceType of launch.instanceTypes) exhausted.add(offeringKey({ instanceType, zone, market: launch.market }));
    }
  }
  return (offering) => (throttled || exhausted.has(offeringKey(offering)) ? { code: 'tried' } : undefined);
}

/** One machine of it costs at most so much per hour, in millionths of a dollar. */
export function affordable(view: MarketView, maxMicroUsdPerHour: number): Filter {
  return (offering) => (priceOf(offering, view) > maxMicroUsdPerHour ? { code: 'too-dear' } : undefined);
}
