import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planBySorting } from '../../../../benchmarks/scheduler/baseline.ts';
import { planCycle } from '../../../../core/scheduling/plan-cycle.ts';
import type { ShareTree } from '../../../../core/shares/share-tree.ts';
import { aPolicy, aSnapshot, aWaitingJob, NOW, startsOf, usesOf } from '../../../builders/scheduling.ts';
import { aMoment, aTree } from './arbitraries.ts';

/** Limits of the root alone: what one job finds full is full for all that ask for as much. */
const bare = ({ groups, namespaces, ...tree }: ShareTree, runningJobs: number): ShareTree => ({
  ...tree,
  limits: { runningJobs },
  quotas: {},
  groups: groups.map((share) => ({ ...share, limits: {}, guarantee: {} })),
  namespaces: namespaces.map((share) => ({ ...share, limits: {}, guarantee: {}, users: { ada: { weight: 3, limits: {} } }, defaultUser: { weight: 1, limits: {} } })),
});

describe('the scheduler that sorts everything in each cycle', () => {
  it('starts the same jobs in the same order, as long as none has to wait for another', () => {
    fc.assert(
      fc.property(aMoment, aTree, fc.nat({ max: 30 }), ({ waiting, holders }, shares, slots) => {
        const policy = aPolicy({ shares: { ...bare(shares, slots), maxLaunchesInFlight: 1000 } });
        const uses = usesOf(holders, shares);
        const straightforward = planBySorting({ waiting, uses, policy, nowMs: NOW }).map(({ jobId }) => String(jobId));
        expect(startsOf(planCycle(aSnapshot({ waiting, uses }), policy, NOW))).toEqual(straightforward);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps to limits and account quotas', () => {
    const waiting = ['a', 'b', 'c', 'd'].map((id) => aWaitingJob(id, { vcpus: 4, user: id }));
    const limited = (shares: Partial<ShareTree>): string[] => planBySorting({ waiting, uses: [], policy: aPolicy({ shares }), nowMs: NOW }).map(({ jobId }) => jobId);
    expect(limited({ limits: { nodes: 3 } })).toEqual(['a', 'b', 'c']);
    expect(limited({ quotas: { 'Standard/on-demand': 11 } })).toEqual(['a', 'b']);
  });
});
