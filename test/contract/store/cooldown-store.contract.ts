import { beforeEach, describe, expect, it } from '@jest/globals';
import { scopeKey, type Cooldown, type CooldownScope } from '../../../core/capacity/offering.ts';
import { after, t0 } from './submissions.ts';
import type { NewWorld, StoreWorld } from './world.ts';

const DAY_MS = 24 * 3_600_000;
const spot: CooldownScope = { kind: 'offering', offering: { instanceType: 'c5.xlarge', zone: 'us-east-1a', market: 'spot' } };
const subnet: CooldownScope = { kind: 'subnet', subnetId: 'subnet-1', zone: 'us-east-1a' };

const cooldown = (scope: CooldownScope, untilMs: Cooldown['untilMs'], failures = 1): Cooldown => ({
  scope, code: 'InsufficientInstanceCapacity', failures, sinceMs: t0, untilMs,
});

export function cooldownStoreContract(newWorld: NewWorld): void {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await newWorld();
  });

  describe('CooldownStore', () => {
    it('answers what is cooling, until its time is over, and remembers it for a day', async () => {
      await world.cooldowns.record([cooldown(spot, after(60_000)), cooldown(subnet, after(30_000))]);
      expect(await world.cooldowns.active(after(29_999))).toEqual([cooldown(spot, after(60_000)), cooldown(subnet, after(30_000))]);
      expect(await world.cooldowns.active(after(30_000))).toEqual([cooldown(spot, after(60_000))]);
      expect(await world.cooldowns.active(after(60_000))).toEqual([]);
      expect(await world.cooldowns.recent(after(30_000 + DAY_MS))).toEqual([cooldown(spot, after(60_000))]);
      expect(await world.cooldowns.recent(after(60_000))).toHaveLength(2);
      expect(await world.cooldowns.recent(after(60_000 + DAY_MS))).toEqual([]);
    });

    it('keeps the last of each scope', async () => {
      await world.cooldowns.record([cooldown(spot, after(60_000))]);
      await world.cooldowns.record([cooldown(spot, after(50_000), 2)]);
      expect(await world.cooldowns.active(t0)).toEqual([cooldown(spot, after(50_000), 2)]);
    });

    it('lets one of several replace a cooldown, and none where it has changed or was cleared', async () => {
      const over = cooldown(spot, after(60_000));
      const next = [1, 2, 3].map((n) => cooldown(spot, after(90_000 + n)));
      await world.cooldowns.record([over]);
      const won = await Promise.all(next.map(async (rival) => world.cooldowns.replace(over, rival)));
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await world.cooldowns.recent(after(60_000))).toEqual([next[won.indexOf(true)]]);
      await world.cooldowns.clear([scopeKey(spot)]);
      expect(await world.cooldowns.replace(over, cooldown(spot, after(95_000)))).toBe(false);
      expect(await world.cooldowns.recent(after(60_000))).toEqual([]);
    });

    it('forgets a scope that is cleared', async () => {
      await world.cooldowns.record([cooldown(spot, after(60_000)), cooldown(subnet, after(60_000))]);
      await world.cooldowns.clear([scopeKey(spot), 'offering/unknown']);
      expect(await world.cooldowns.recent(t0)).toEqual([cooldown(subnet, after(60_000))]);
      await world.cooldowns.clear([]);
      await world.cooldowns.record([]);
    });
  });
}
