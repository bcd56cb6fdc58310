import type { EpochMs } from '../job/ids.ts';
import { nextCooldown, type CooldownPolicy } from './cooldown.ts';
import { offeringKey, scopeKey, type Cooldown, type Offering } from './offering.ts';

/** Why an offering cools of which machines were taken back: after a notice, or gone without a call of anybody, which on Spot is most likely that. */
const reclaimCodes = ['SpotInterruption', 'SpotReclaimed'] as const;
export type ReclaimCode = (typeof reclaimCodes)[number];

/** Whether a cooldown is from machines that were taken back: giving others back does not end it. */
export function isReclaim({ code }: Pick<Cooldown, 'code'>): boolean {
  return (reclaimCodes as readonly string[]).includes(code);
}

/**
 * Cooldowns of the Spot offerings whose machines are taken back, so that what follows is launched elsewhere for a while.
 * The notice, the loss and their repetitions are one event: an offering that cools for it already is left alone. That an
 * on-demand machine fails says nothing of its offering.
 */
export function coolReclaimed(offerings: readonly Offering[], code: ReclaimCode, known: readonly Cooldown[], policy: CooldownPolicy, nowMs: EpochMs): readonly Cooldown[] {
  const byKey = new Map(known.map((cooldown) => [scopeKey(cooldown.scope), cooldown]));
  const distinct = new Map(offerings.filter(({ market }) => market === 'spot').map((offering) => [offeringKey(offering), offering]));
  return [...distinct.values()].flatMap(({ instanceType, zone, market }) => {
    const scope = { kind: 'offering', offering: { instanceType, zone, market } } as const;
    const previous = byKey.get(scopeKey(scope));
    if (previous !== undefined && isReclaim(previous) && nowMs < previous.untilMs) return [];
    return [nextCooldown({ scope, code, atLeast: 1 }, previous, policy, nowMs)];
  });
}
