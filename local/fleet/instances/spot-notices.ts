import type { FleetEvent } from '../events/event.ts';
import { rebalanceEvent, spotInterruptionEvent } from '../events/instance-events.ts';
import { isLive } from '../model.ts';
import type { Instance } from '../model.ts';

/** What EC2 says to a Spot instance: that it may go soon, that it goes in two minutes, or one and then the other. */
export const SPOT_NOTICES = ['rebalance', 'interruption', 'both'] as const;

export type SpotNotice = (typeof SPOT_NOTICES)[number];

/** An instance that was given a notice, and the events that tell of it. */
interface Noticed {
  readonly instance: Instance;
  readonly events: readonly FleetEvent[];
}

/**
 * Gives an instance a notice; undefined where it is not a live Spot instance or has had this notice already.
 *
 * @param nowMs wall time
 * @param reclaimAtMs when an interrupted instance is taken back, wall time
 */
export function giveNotice(instance: Instance, notice: SpotNotice, nowMs: number, reclaimAtMs: number): Noticed | undefined {
  const rebalances = notice !== 'interruption' && instance.rebalanceAtMs === undefined;
  const interrupts = notice !== 'rebalance' && instance.reclaimAtMs === undefined;
  if (instance.market !== 'spot' || !isLive(instance) || !(notice === 'rebalance' ? rebalances : interrupts)) {
    return undefined;
  }
  const noticed = {
    ...instance,
    ...(rebalances ? { rebalanceAtMs: nowMs } : {}),
    ...(interrupts ? { noticeAtMs: nowMs, reclaimAtMs } : {}),
  };
  const events = [
    ...(rebalances ? [rebalanceEvent(noticed, nowMs)] : []),
    ...(interrupts ? [spotInterruptionEvent(noticed, nowMs)] : []),
  ];
  return { instance: noticed, events };
}
