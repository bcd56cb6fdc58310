import type { LaunchRecord } from './gang.ts';
import type { CapacityPorts } from './launcher.ts';
import { givenUpInstances, instancesOf } from './launch-progress.ts';
import type { Offering } from './offering.ts';
import { offeringKey } from './offering.ts';
import { isReclaim } from './reclaimed.ts';

/**
 * Ends cooldowns of the offerings that an attempt has given its machines back to: those machines are likely to be had
 * again. What another job is probing is left to it, and so is what cools because machines were taken back there.
 */
export async function reopenReleased(records: readonly LaunchRecord[], { cooldowns, clock }: Pick<CapacityPorts, 'cooldowns' | 'clock'>): Promise<void> {
  const givenUp = new Set(givenUpInstances(records).map(({ instanceId }) => instanceId));
  const offerings = new Set(instancesOf(records).filter(({ instanceId }) => !givenUp.has(instanceId)).flatMap(waitedFor).map(offeringKey));
  if (offerings.size === 0) return;
  const nowMs = clock.now();
  const cooling = await cooldowns.active(nowMs);
  const ended = cooling.filter((cooldown) => {
    const { scope, probedBy } = cooldown;
    return scope.kind === 'offering' && offerings.has(offeringKey(scope.offering)) && probedBy === undefined && !isReclaim(cooldown);
  });
  await Promise.all(ended.map(async (cooldown) => cooldowns.replace(cooldown, { ...cooldown, untilMs: nowMs })));
}

/** Jobs that would take what is reserved wait for on-demand, as far as the scheduler knows. */
function waitedFor({ instanceType, zone, market }: Offering): Offering[] {
  const offering = { instanceType, zone, market };
  return market === 'reserved' ? [offering, { ...offering, market: 'on-demand' }] : [offering];
}
