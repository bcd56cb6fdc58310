import type { EpochMs } from '../job/ids.ts';
import type { PoolNeed } from '../job/job.ts';
import { endFor, isHalfOpen } from './half-open.ts';
import { scopesOf } from './market-view.ts';
import type { Cooldown, Offering } from './offering.ts';
import { offeringKey, scopeKey } from './offering.ts';
import { pausedScopeText, pauseOf } from './pauses.ts';

/** Whether a job could be tried now, as far as cooldowns say. */
export type Opening =
  | {
      readonly open: true;
      /**
       * Half-open offerings without which a pool has nothing to try, by their keys: the job would find out for all
       * whether they are back.
       */
      readonly probes?: readonly string[];
    }
  | {
      readonly open: false;
      /** When every pool has something to try. */
      readonly untilMs: EpochMs;
      /** Of the cooldown that ends then. */
      readonly code: string;
      /** Set where another job finds out now whether that is back: its key. */
      readonly probed?: string;
      /** Set where that is a pause, which ends when somebody resumes it. */
      readonly pausedBy?: { readonly scope: string; readonly by: string; readonly reason: string };
    };

/** Whether all that a job may be launched as is short, and nobody holds it back: it cools, or did until a short while ago and nobody has asked for it since. */
export function isShort(opening: Opening): boolean {
  return opening.open ? opening.probes !== undefined : opening.pausedBy === undefined;
}

/** Answers for the pools of a job, and the zones that it may stand in (none: all). */
type FindOpening = (pools: readonly PoolNeed[], zones: readonly string[]) => Opening;

/** What cooldowns say of an offering. */
interface Cover {
  readonly key: string;
  /** What holds it back, the longest first. */
  readonly closing: readonly Cooldown[];
  /** That it is half open. */
  readonly ended: Cooldown | undefined;
}

/** How a pool stands: all that it may be launched as is closed, or half open, or something is open (`undefined`). */
type PoolStanding = { readonly closing: Cooldown } | { readonly probes: readonly string[] } | undefined;

/**
 * Reads cooldowns once for many questions: those that are on, and those that ended within the longest cooldown. A pool is
 * open while one offering that it may be launched as is, for a launch of all its nodes. Of zones is known which have any of
 * its types: one of several types that a zone lacks counts as open there, and the acquisition finds out. So does a pool
 * without any offering, for which cooldowns are not to blame.
 *
 * @param asksEarly whether the jobs may ask before the time: see `endFor`
 */
export function openings(
  cooldowns: readonly Cooldown[],
  market: { readonly region: string; readonly subnets: Readonly<Record<string, string>> },
  nowMs: EpochMs,
  asksEarly = false,
): FindOpening {
  const served = Object.keys(market.subnets);
  const coverOf = covers(cooldowns, market, nowMs, asksEarly);
  return (pools, zones) => {
    const among = zones.length === 0 ? served : served.filter((zone) => zones.includes(zone));
    let last: Cooldown | undefined;
    const probes = new Set<string>();
    for (const pool of pools) {
      const standing = standingOf(pool, among, coverOf);
      if (standing === undefined) continue;
      if ('probes' in standing) for (const key of standing.probes) probes.add(key);
      else if (last === undefined || standing.closing.untilMs > last.untilMs) last = standing.closing;
    }
    if (last !== undefined) return closedBy(last);
    return probes.size === 0 ? { open: true } : { open: true, probes: [...probes] };
  };
}

function byScope(cooldowns: readonly Cooldown[]): Map<string, Cooldown> {
  return new Map(cooldowns.map((cooldown) => [scopeKey(cooldown.scope), cooldown]));
}

/** Worked out once for each offering. */
function covers(cooldowns: readonly Cooldown[], market: Parameters<typeof openings>[1], nowMs: EpochMs, asksEarly: boolean): (offering: Offering) => Cover {
  const active = byScope(cooldowns.map((cooldown) => ({ ...cooldown, untilMs: endFor(cooldown, asksEarly) })).filter(({ untilMs }) => untilMs > nowMs));
  const ended = byScope(cooldowns.filter((cooldown) => isHalfOpen(cooldown, nowMs, asksEarly)));
  const known = new Map<string, Cover>();
  return (offering) => {
    const key = offeringKey(offering);
    const found = known.get(key);
    if (found !== undefined) return found;
    const closing = scopesOf(offering, market).flatMap((scope) => active.get(scopeKey(scope)) ?? []).toSorted((a, b) => b.untilMs - a.untilMs);
    const cover = { key, closing, ended: ended.get(scopeKey({ kind: 'offering', offering })) };
    known.set(key, cover);
    return cover;
  };
}

function standingOf({ nodes, types, markets, zones: offered }: PoolNeed, asked: readonly string[], coverOf: (offering: Offering) => Cover): PoolStanding {
  const zones = offered === undefined ? asked : asked.filter((zone) => offered.includes(zone));
  let first: Cooldown | undefined;
  const probes: string[] = [];
  const concerns = ({ atLeast = 1 }: Cooldown): boolean => nodes >= atLeast;
  for (const market of markets) {
    for (const zone of zones) {
      for (const instanceType of types) {
        const { key, closing, ended } = coverOf({ instanceType, zone, market });
        const longest = closing.find(concerns);
        if (longest !== undefined) first = first === undefined || longest.untilMs < first.untilMs ? longest : first;
        else if (ended !== undefined && concerns(ended)) probes.push(key);
        else return undefined;
      }
    }
  }
  if (probes.length > 0) return { probes };
  return first && { closing: first };
}

function closedBy(cooldown: Cooldown): Opening {
  const { scope, untilMs, code, probedBy } = cooldown;
  const pause = pauseOf(cooldown);
  if (pause !== undefined) return { open: false, untilMs, code, pausedBy: { scope: pausedScopeText(pause.scope), by: pause.by, reason: pause.reason } };
  const probed = probedBy !== undefined && scope.kind === 'offering' ? { probed: offeringKey(scope.offering) } : {};
  return { open: false, untilMs, code, ...probed };
}
