import type { EpochMs } from '../job/ids.ts';
import { LONGEST_COOLDOWN_MS } from './cooldown.ts';
import type { Cooldown } from './offering.ts';

/**
 * Whether an offering is half open: its cooldown ended a short while ago and nobody knows whether it is back. One job finds
 * out for all. After a longer time without a launch what is known is worth no more than nothing: all may try.
 */
export function isHalfOpen({ scope, untilMs }: Cooldown, nowMs: EpochMs): boolean {
  return scope.kind === 'offering' && untilMs <= nowMs && nowMs < untilMs + LONGEST_COOLDOWN_MS;
}
