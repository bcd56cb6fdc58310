import { epochMs, type EpochMs } from '../job/ids.ts';
import { LONGEST_COOLDOWN_MS } from './cooldown.ts';
import type { Cooldown } from './offering.ts';
import { isReclaim } from './reclaimed.ts';

/** Who may ask early asks again for what nobody has asked for during so long. */
export const EARLY_MS = 120_000;

/**
 * Until when a cooldown holds a job back. Long cooldowns keep those that wait from asking all the time. Where a job has just
 * come, or many wait, one may ask early: what it learns is news for all.
 */
export function endFor({ untilMs, sinceMs, ...cooldown }: Cooldown, asksEarly: boolean): EpochMs {
  const mayAsk = asksEarly && cooldown.scope.kind === 'offering' && cooldown.probedBy === undefined && !isReclaim(cooldown);
  return mayAsk ? epochMs(Math.min(untilMs, sinceMs + EARLY_MS)) : untilMs;
}

/**
 * Whether an offering is half open: its cooldown ended a short while ago and nobody knows whether it is back. One job finds
 * out for all. After a longer time without a launch what is known is worth no more than nothing: all may try.
 */
export function isHalfOpen(cooldown: Cooldown, nowMs: EpochMs, asksEarly = false): boolean {
  return cooldown.scope.kind === 'offering' && endFor(cooldown, asksEarly) <= nowMs && nowMs < cooldown.untilMs + LONGEST_COOLDOWN_MS;
}
