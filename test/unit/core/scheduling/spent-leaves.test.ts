import { describe, expect, it } from '@jest/globals';
import { epochMs, microUsd } from '../../../../core/job/ids.ts';
import { spentLeaves } from '../../../../core/scheduling/spent-leaves.ts';
import { usageBase, usageBetween } from '../../../../core/scheduling/usage.ts';
import { aUse, hours, NOW } from '../../../builders/scheduling.ts';

const base = usageBase(NOW, hours(168));
const spent = aUse(base);
const at = (nowMs: number, ...uses: Parameters<typeof spentLeaves>[0]['uses']) => spentLeaves({ uses, lanes: [], parked: [], nowMs: epochMs(nowMs), base });

describe('leaves whose counters say nothing any more', () => {
  it('hold nothing: a counter that is wrong is kept for a recount', () => {
    expect(at(NOW, spent)).toEqual([spent]);
    for (const wrong of [{ runningJobs: 1 }, { nodes: -1 }, { gpus: 1 }, { microUsdPerHour: microUsd(1) }, { quotas: { 'P/spot': 8 } }]) {
      expect(at(NOW, { ...spent, ...wrong })).toEqual([]);
    }
    expect(at(NOW, { ...spent, quotas: { 'P/spot': 0 } })).toHaveLength(1);
  });

  it('have used less than a micro-dollar is worth when it has decayed', () => {
    const used = { ...spent, usage: usageBetween(1024, NOW - hours(1), NOW, base) };
    expect(at(NOW + hours(9 * 168), used)).toEqual([]);
    expect(at(NOW + hours(10 * 168), used)).toHaveLength(1);
  });

  it('have no lane in which a job may wait', () => {
    const lanes = [{ namespace: 'lattice', user: 'ada', lane: '0' }];
    expect(spentLeaves({ uses: [spent], lanes, parked: [], nowMs: NOW, base })).toEqual([]);
  });
});
