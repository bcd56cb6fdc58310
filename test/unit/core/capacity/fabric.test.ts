import { describe, expect, it } from '@jest/globals';
import { someFacts } from '../../../builders/capacity.ts';
import { aProvider, gangOf, never, onDemand } from './acquisition.ts';

describe('a placement group', () => {
  it('that cannot be filled cools nothing for others, and its own job waits longer with each turn', async () => {
    const { provider, cooldowns, clock } = aProvider([]);
    const waits: number[] = [];
    for (let turn = 0; turn < 6; turn++) {
      const result = await provider.acquire(gangOf(onDemand(), { placementGroup: true, spread: 'Single' }), never);
      if (result.kind !== 'short') throw new Error(result.kind);
      waits.push(result.untilMs - clock.now());
      clock.advance(result.untilMs - clock.now());
      expect(await cooldowns.recent(clock.now())).toEqual([]);
    }
    expect(waits).toEqual([30_000, 60_000, 120_000, 240_000, 480_000, 600_000]);
  });
});

describe('Elastic Fabric Adapters', () => {
  const withEfa = [someFacts('c5n.18xlarge', { efa: true }), someFacts('c6i.large')];

  it('are asked of types that have them only', async () => {
    const { provider } = aProvider([['c5n.18xlarge', 'b', 'on-demand', 4], ['c6i.large', 'a', 'on-demand', 9]], withEfa);
    expect(await provider.acquire(gangOf(onDemand({ efa: true, instanceTypes: ['c6i.large', 'c5n.18xlarge'] }), { spread: 'Single' }), never)).toMatchObject({ kind: 'acquired' });
    expect(provider.machines.launches.every(({ instanceTypes }) => instanceTypes.join() === 'c5n.18xlarge')).toBe(true);
  });

  it('that no type of a pool has fail the job, for waiting cures nothing', async () => {
    const { provider } = aProvider([['c6i.large', 'a', 'on-demand', 9]], withEfa);
    expect(await provider.acquire(gangOf(onDemand({ efa: true }), { spread: 'Single' }), never)).toMatchObject({ kind: 'rejected', code: 'NoElasticFabricAdapter' });
  });
});
