import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochMs, microUsd } from '../../../../core/job/ids.ts';
import { countHolders, holdDrifts, pendingDrifts, repairedUses } from '../../../../core/scheduling/recount.ts';
import { usageAt } from '../../../../core/scheduling/usage.ts';
import { aHolder, aUse, hours, NOW, usesOf } from '../../../builders/scheduling.ts';

const later = epochMs(NOW + hours(5));
const base = { landmarkMs: aUse().landmarkMs, halfLifeMs: aUse().halfLifeMs };

describe('counters', () => {
  it('do not drift where they are the sums of what jobs hold', () => {
    const holders = [aHolder('a'), aHolder('b', { user: 'bob', nodes: 7, gpus: 2 }), aHolder('c', { nodes: 3 })];
    expect(holdDrifts(usesOf(holders), countHolders(holders))).toEqual([]);
    expect(holdDrifts([aUse()], [])).toEqual([]);
  });

  it('drift by each amount that differs, quotas too, of leaves in the order of their names', () => {
    const holder = { ...aHolder('a', { user: 'bob' }), hold: { quotas: { 'Standard/spot': 4 } as const } };
    const uses = [aUse({ user: 'ada', runningJobs: 1, nodes: 2, quotas: { 'P/spot': 8 } })];
    expect(holdDrifts(uses, countHolders([holder])).map(({ user, amount, counted, actual }) => `${user} ${amount} ${counted} ${actual}`)).toEqual([
      'ada runningJobs 1 0', 'ada nodes 2 0', 'ada P/spot 8 0',
      'bob runningJobs 0 1', 'bob nodes 0 1', 'bob vcpus 0 4', 'bob microUsdPerHour 0 200000', 'bob Standard/spot 0 4',
    ]);
  });

  it('are repaired to what the jobs hold, and what was used until then stays', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(50), fc.nat(50), fc.nat({ max: 10 ** 12 }), (nodes, wrong, right, usage) => {
        const was = aUse({ nodes, runningJobs: wrong, microUsdPerHour: microUsd(wrong * 1_000_000), usage });
        const holders = Array.from({ length: right }, (_, n) => aHolder(`job-${n}`));
        const fixed = repairedUses([was], countHolders(holders), later, base);
        const [is = was] = fixed;
        expect(holdDrifts([is], countHolders(holders))).toEqual([]);
        expect(usageAt(is, later, base)).toBeCloseTo(usageAt(was, later, base), -7);
      }),
    );
  });

  it('of a leaf that has none are made', () => {
    expect(repairedUses([], countHolders([aHolder('a')]), later, base)).toMatchObject([{ namespace: 'lattice', user: 'ada', runningJobs: 1, ...base }]);
  });
});

describe('pending counts', () => {
  it('drift where another number waits; a lane that was not counted is left out', () => {
    const lane = { namespace: 'lattice', user: 'ada' };
    const lanes = [{ ...lane, lane: '1', pending: 3 }, { ...lane, lane: '2', pending: 1 }, { ...lane, lane: '3', pending: 9 }];
    const counted = [{ ...lane, lane: '1', pending: 2 }, { ...lane, lane: '2', pending: 1 }];
    expect(pendingDrifts(lanes, counted)).toEqual([{ ...lane, lane: '1', amount: 'pending', counted: 3, actual: 2 }]);
  });
});
