import type { EpochMs } from '../job/ids.ts';
import { epochMs } from '../job/ids.ts';
import { errorScope } from './error-scope.ts';
import type { LaunchOutcome, PlannedLaunch, Unavailable } from './gang.ts';
import type { MarketView } from './market-view.ts';
import { scopesOf } from './market-view.ts';
import type { Cooldown, CooldownScope } from './offering.ts';
import { scopeKey } from './offering.ts';

/** No cooldown is longer, whatever a deployment says. */
export const LONGEST_COOLDOWN_MS = 600_000;

export interface CooldownPolicy {
  readonly baseMs: number;
  readonly maximumMs: number;
}

/** What a launch teaches: scopes that cool from now on, and keys of scopes that are well again. */
export interface Lesson {
  readonly cool: readonly Cooldown[];
  readonly clear: readonly string[];
}

/**
 * The next cooldown of a scope. The wait doubles with each failure that follows a cooldown, until a success; a failure
 * while the scope still cools (a smaller launch was let through) is the same shortage and starts the same wait again.
 */
export function nextCooldown(
  failure: { readonly scope: CooldownScope; readonly code: string; readonly atLeast: number },
  previous: Cooldown | undefined,
  policy: CooldownPolicy,
  nowMs: EpochMs,
): Cooldown {
  const isReserved = failure.scope.kind === 'offering' && failure.scope.offering.market === 'reserved';
  const isRefused = errorScope(failure.code) === 'reject';
  // How much is reserved is known: a count that was not yet true is so in a moment. What is refused stays so until it is mended.
  const maximumMs = Math.min(isReserved && !isRefused ? policy.baseMs : policy.maximumMs, LONGEST_COOLDOWN_MS);
  const failures = failuresInARow(previous, nowMs);
  const waitMs = isRefused ? maximumMs : Math.min(maximumMs, policy.baseMs * 2 ** (failures - 1));
  const { scope, code, atLeast } = failure;
  return { scope, code, ...(atLeast > 1 ? { atLeast } : {}), failures, sinceMs: nowMs, untilMs: epochMs(nowMs + waitMs) };
}

/** However long ago the last one was, while it is remembered: what was gone is most likely still gone. */
function failuresInARow(previous: Cooldown | undefined, nowMs: EpochMs): number {
  if (previous === undefined) return 1;
  return nowMs < previous.untilMs ? previous.failures : previous.failures + 1;
}

/**
 * What the outcome of a launch says about the market. A launch of all or nothing that brought nothing says only that
 * so many are not there: smaller ones stay possible.
 */
export function learn(launch: PlannedLaunch, outcome: LaunchOutcome, view: MarketView, policy: CooldownPolicy, nowMs: EpochMs): Lesson {
  const known = new Map(view.cooldowns.map((cooldown) => [scopeKey(cooldown.scope), cooldown]));
  const atLeast = outcome.launched.length === 0 ? launch.minimum : 1;
  const cool = new Map<string, Cooldown>();
  for (const unavailable of missedOf(launch, outcome)) {
    const scope = scopeOf(unavailable, view);
    if (scope === undefined || !isTold(launch, unavailable, scope)) continue;
    const key = scopeKey(scope);
    cool.set(key, nextCooldown({ scope, code: unavailable.code, atLeast: scope.kind === 'account' ? 1 : atLeast }, known.get(key), policy, nowMs));
  }
  const clear = new Set<string>();
  for (const offering of outcome.launched) {
    for (const key of scopesOf(offering, view).map(scopeKey)) {
      const cooldown = known.get(key);
      if (cooldown !== undefined && !cool.has(key) && isDisproved(cooldown, outcome.launched.length, nowMs)) clear.add(key);
    }
  }
  return { cool: [...cool.values()], clear: [...clear] };
}

/** A launch of ten says nothing against a shortage of a hundred, while that shortage lasts; none says anything against a pause. */
function isDisproved(cooldown: Cooldown, launched: number, nowMs: EpochMs): boolean {
  if (cooldown.pausedBy !== undefined) return false;
  return cooldown.untilMs <= nowMs || (cooldown.atLeast ?? 1) <= launched;
}

/**
 * Whether a failure says something about its scope. An offering may well have machines though not so close together as a
 * placement group wants them, and sells on demand what no open reservation holds.
 */
function isTold({ clustered = false }: PlannedLaunch, { code, offering }: Unavailable, scope: CooldownScope): boolean {
  if (scope.kind !== 'offering') return true;
  return !clustered && (code !== 'ReservationCapacityExceeded' || offering.market === 'reserved');
}

/** A call for reserved capacity that EC2 refuses as a whole says so of all that it names: the job goes on without it. */
function missedOf({ market, instanceTypes, zones }: PlannedLaunch, { unavailable, rejected }: LaunchOutcome): readonly Unavailable[] {
  if (market !== 'reserved' || rejected === undefined || unavailable.length > 0) return unavailable;
  return zones.flatMap((zone) => instanceTypes.map((instanceType) => ({ offering: { instanceType, zone, market }, ...rejected })));
}

/** Of the offering, too, where what is reserved is refused: of other markets that fails the job and cools nothing. */
function scopeOf(unavailable: Unavailable, view: MarketView): CooldownScope | undefined {
  const said = errorScope(unavailable.code);
  const kind = said === 'reject' && unavailable.offering.market === 'reserved' ? 'offering' : said;
  return scopesOf(unavailable.offering, view).find((scope) => scope.kind === kind);
}
