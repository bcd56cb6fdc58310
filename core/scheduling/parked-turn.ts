import { endFor, isHalfOpen } from '../capacity/half-open.ts';
import { scopeKey, type Cooldown } from '../capacity/offering.ts';
import type { EpochMs } from '../job/ids.ts';
import type { ParkedEntry } from '../lifecycle/change.ts';

type Parking = Pick<ParkedEntry, 'sinceMs' | 'untilMs' | 'waitsFor' | 'byClock'> & Partial<Pick<ParkedEntry, 'hold' | 'demand'>>;

/** A job that was parked stays so for this long at least, unless its time comes earlier: turns are not free. */
const SHORTEST_PARKING_MS = 30_000;

/** Whether a parked job has no turn and may be due, as far as that can be said without knowing what cools. */
export function mayBeDue({ hold, sinceMs, untilMs, byClock }: Parking, nowMs: EpochMs): boolean {
  return hold === undefined && (untilMs <= nowMs || (byClock !== true && sinceMs + SHORTEST_PARKING_MS <= nowMs));
}

/**
 * Whether a parked job is due: at the time that it was told, or before, when something that it waits for cools no more,
 * since another job has found capacity or has given machines back. That somebody asks for it, and in vain, makes nobody due.
 * One that waits for no cooldown is due at its time alone.
 */
export function isDue(parked: Parking, cooldowns: readonly Cooldown[], nowMs: EpochMs): boolean {
  return mayBeDue(parked, nowMs) && (parked.untilMs <= nowMs || hasOpened(parked, cooldowns, nowMs));
}

function hasOpened(parked: Parking, cooldowns: readonly Cooldown[], nowMs: EpochMs): boolean {
  const cooling = cooldowns.filter((cooldown) => isWaitedFor(parked, cooldown));
  // Of what it waits for nothing is known but the end of its cooldown: by that it is known again.
  if (parked.waitsFor === undefined) return cooling.length === 0;
  // Those that wait for their account come back one after the other, each at its time, and not all at its end.
  const keys = new Set(cooling.filter(({ scope, untilMs }) => untilMs > nowMs || scope.kind === 'account').map(({ scope }) => scopeKey(scope)));
  return parked.waitsFor.some((key) => !keys.has(key));
}

/** A cooldown of launches that are larger than each of the job's holds it back no more. */
function isWaitedFor({ waitsFor, untilMs, demand }: Parking, { scope, atLeast = 1, ...cooldown }: Cooldown): boolean {
  if (waitsFor === undefined) return cooldown.untilMs === untilMs;
  return waitsFor.includes(scopeKey(scope)) && (demand === undefined || demand.pools.some(({ nodes }) => nodes >= atLeast));
}

/**
 * The cooldown that a parked job may ask for before its time, where its shape may: the one it waits for, which is of an
 * offering that it could use. Once only: a turn since which nobody has asked for it, or there would be another one, comes to
 * nothing for other reasons (a price, a quota, a zone), and so would the next.
 */
export function askedEarly(parked: Parking, cooldowns: readonly Cooldown[], nowMs: EpochMs): Cooldown | undefined {
  if (!mayBeDue(parked, nowMs)) return undefined;
  const isNews = (cooldown: Cooldown): boolean => parked.sinceMs < endFor(cooldown, true) && isHalfOpen(cooldown, nowMs, true);
  return cooldowns.find((cooldown) => isWaitedFor(parked, cooldown) && isNews(cooldown));
}
