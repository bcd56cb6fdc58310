import type { EpochMs } from '../job/ids.ts';
import type { PoolNeed } from '../job/job.ts';
import { scopesOf } from './market-view.ts';
import type { Cooldown, Offering } from './offering.ts';
import { offeringKey, scopeKey } from './offering.ts';
import { pausedScopeText, pauseOf } from './pauses.ts';

/** Whether a job could be tried now, as far as cooldowns say. */
export type Opening =
  | { readonly open: true }
  | {
      readonly open: false;
      /** When every pool has something to try. */
      readonly untilMs: EpochMs;
      /** Of the cooldown that ends then. */
      readonly code: string;
      /** Set where that is a pause, which ends when somebody resumes it. */
      readonly pausedBy?: { readonly scope: string; readonly by: string; readonly reason: string };
    };

/** Answers for the pools of a job, and the zones that it may stand in (none: all). */
type FindOpening = (pools: readonly PoolNeed[], zones: readonly string[]) => Opening;

/**
 * Reads cooldowns once for many questions. A pool is open while one offering that it may be launched as is, for a launch
 * of all its nodes. Which types a zone has is not known here: a type that it lacks counts as open there, and the
 * acquisition finds out. So does a pool without any offering, for which cooldowns are not to blame.
 */
export function openings(cooldowns: readonly Cooldown[], market: { readonly region: string; readonly subnets: Readonly<Record<string, string>> }, nowMs: EpochMs): FindOpening {
  const served = Object.keys(market.subnets);
  const coversOf = coverings(cooldowns, market, nowMs);
  return (pools, zones) => {
    const among = zones.length === 0 ? served : served.filter((zone) => zones.includes(zone));
    let last: Cooldown | undefined;
    for (const pool of pools) {
      const closing = firstToEnd(pool, among, coversOf);
      if (closing !== undefined && (last === undefined || closing.untilMs > last.untilMs)) last = closing;
    }
    return last === undefined ? { open: true } : closedBy(last);
  };
}

/** What covers an offering, the longest first; worked out once for each offering. */
function coverings(cooldowns: readonly Cooldown[], market: Parameters<typeof openings>[1], nowMs: EpochMs): (offering: Offering) => readonly Cooldown[] {
  const active = new Map(cooldowns.filter(({ untilMs }) => untilMs > nowMs).map((cooldown) => [scopeKey(cooldown.scope), cooldown]));
  const known = new Map<string, readonly Cooldown[]>();
  return (offering) => {
    const key = offeringKey(offering);
    const covers = known.get(key) ?? scopesOf(offering, market).flatMap((scope) => active.get(scopeKey(scope)) ?? []).toSorted((a, b) => b.untilMs - a.untilMs);
    known.set(key, covers);
    return covers;
  };
}

/** Of the cooldowns that close a pool's offerings the one that ends first; `undefined` where an offering is open. */
function firstToEnd({ nodes, types, markets }: PoolNeed, zones: readonly string[], coversOf: (offering: Offering) => readonly Cooldown[]): Cooldown | undefined {
  let first: Cooldown | undefined;
  for (const market of markets) {
    for (const zone of zones) {
      for (const instanceType of types) {
        const longest = coversOf({ instanceType, zone, market }).find(({ atLeast = 1 }) => nodes >= atLeast);
        if (longest === undefined) return undefined;
        if (first === undefined || longest.untilMs < first.untilMs) first = longest;
      }
    }
  }
  return first;
}

function closedBy(cooldown: Cooldown): Opening {
  const { untilMs, code } = cooldown;
  const pause = pauseOf(cooldown);
  if (pause === undefined) return { open: false, untilMs, code };
  const { scope, by, reason } = pause;
  return { open: false, untilMs, code, pausedBy: { scope: pausedScopeText(scope), by, reason } };
}
