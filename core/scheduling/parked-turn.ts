import { endFor, isHalfOpen } from '../capacity/half-open.ts';
import type { Cooldown } from '../capacity/offering.ts';
import type { EpochMs } from '../job/ids.ts';
import type { ParkedEntry } from '../lifecycle/change.ts';

type Parking = Pick<ParkedEntry, 'sinceMs' | 'untilMs' | 'byClock'> & { readonly hold?: ParkedEntry['hold'] };

/** A job that was parked stays so for this long at least, unless its time comes earlier: turns are not free. */
const SHORTEST_PARKING_MS = 30_000;

/** Whether a parked job has no turn and may be due, as far as that can be said without knowing what cools. */
export function mayBeDue({ hold, sinceMs, untilMs, byClock }: Parking, nowMs: EpochMs): boolean {
  return hold === undefined && (untilMs <= nowMs || (byClock !== true && sinceMs + SHORTEST_PARKING_MS <= nowMs));
}

/**
 * Whether a parked job is due: at the time that it was told, or before, when the cooldown that ends then is no more,
 * since another job has found capacity or has given machines back. Each cooldown of a scope ends at another time: by that
 * it is known again. One that waits for no cooldown is due at its time alone.
 */
export function isDue(parked: Parking, cooldowns: readonly Cooldown[], nowMs: EpochMs): boolean {
  return mayBeDue(parked, nowMs) && (parked.untilMs <= nowMs || !cooldowns.some(({ untilMs }) => untilMs === parked.untilMs));
}

/**
 * The cooldown that a parked job may ask for before its time, where its shape may: the one it waits for, which is of an
 * offering that it could use. Once only: a turn since which nobody has asked for it, or there would be another one, comes to
 * nothing for other reasons (a price, a quota, a zone), and so would the next.
 */
export function askedEarly(parked: Parking, cooldowns: readonly Cooldown[], nowMs: EpochMs): Cooldown | undefined {
  if (!mayBeDue(parked, nowMs)) return undefined;
  const isNews = (cooldown: Cooldown): boolean => parked.sinceMs < endFor(cooldown, true) && isHalfOpen(cooldown, nowMs, true);
  return cooldowns.find((cooldown) => cooldown.untilMs === parked.untilMs && isNews(cooldown));
}
