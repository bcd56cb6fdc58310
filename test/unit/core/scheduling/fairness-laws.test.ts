import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochMs } from '../../../../core/job/ids.ts';
import type { ShareTree } from '../../../../core/shares/share-tree.ts';
import { aGroup, aNamespace, aPolicy, aShareTree, aWaitingJob, hours, NOW, planOf } from '../../../builders/scheduling.ts';
import { aSketch, aTree } from './arbitraries.ts';
import { SimulatedDeployment } from './simulated-deployment.ts';

/** So long that nothing decays: usage is what was spent. */
const NO_DECAY = 1000 * 365 * 86_400;

describe('users who always have jobs', () => {
  const contenders = fc.record({
    // Lasts of jobs by user, in minutes: the jobs of one may be longer than those of another.
    minutes: fc.array(fc.integer({ min: 10, max: 60 }), { minLength: 2, maxLength: 4 }),
    slots: fc.integer({ min: 1, max: 3 }),
  });

  /** Plays until a user runs out of jobs. */
  function play(minutes: readonly number[], slots: number, shares: Partial<ShareTree>, namespaceOf: (user: number) => string = () => 'lattice'): SimulatedDeployment {
    const tree = { halfLifeSeconds: NO_DECAY, limits: { nodes: slots }, ...shares };
    const deployment = new SimulatedDeployment({ ...aPolicy({ shares: tree }), chargeAheadMs: hours(1) }, 4);
    for (const [user, lasts] of minutes.entries()) {
      for (let i = 0; i < 60; i += 1) {
        const entry = aWaitingJob(`user${user}-${String(i).padStart(3, '0')}`, { namespace: namespaceOf(user), user: `user${user}`, submittedAtMs: epochMs(NOW - 1), holdSeconds: lasts * 60 });
        deployment.submit(entry, lasts * 60_000);
      }
    }
    deployment.cycle();
    while (new Set(deployment.waiting.map(({ entry }) => entry.user)).size === minutes.length) {
      deployment.moveTo(deployment.nextEndMs ?? deployment.nowMs);
      deployment.cycle();
    }
    return deployment;
  }

  /** Hours of nodes that a user was given up to now. */
  const served = (deployment: SimulatedDeployment, user: number): number =>
    [...deployment.jobs.values()]
      .filter(({ entry, startedMs }) => entry.user === `user${user}` && startedMs !== undefined)
      .reduce((sum, { startedMs, endedMs }) => sum + ((endedMs ?? deployment.nowMs) - (startedMs ?? 0)) / hours(1), 0);

  /** A running job counts for up to this many hours more or less than it will have taken; one more for the turn. */
  const tolerance = (slots: number): number => slots + 1 + 1e-9;

  it('and are equal get the same, but for the jobs that run now', () => {
    fc.assert(
      fc.property(contenders, ({ minutes, slots }) => {
        const deployment = play(minutes, slots, {});
        const shares = minutes.map((_, user) => served(deployment, user));
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(tolerance(slots));
      }),
      { numRuns: 12 },
    );
  });

  it('get by their weights', () => {
    fc.assert(
      fc.property(contenders, fc.constantFrom(2, 3), ({ minutes: [a = 10, b = 10], slots }, weight) => {
        const lattice = aNamespace('lattice', { users: { user0: { weight, limits: {} } } });
        const deployment = play([a, b], slots, { namespaces: [lattice] });
        expect(Math.abs(served(deployment, 0) / weight - served(deployment, 1))).toBeLessThanOrEqual(tolerance(slots));
      }),
      { numRuns: 12 },
    );
  });

  it('and stand in groups get what is their groups’, however many they are in one', () => {
    fc.assert(
      fc.property(contenders, ({ minutes: [a = 10, b = 10, c = 10], slots }) => {
        const shares = { groups: [aGroup('physics'), aGroup('biology')], namespaces: [aNamespace('lattice', { parent: 'physics' }), aNamespace('folding', { parent: 'biology' })] };
        const deployment = play([a, b, c], slots, shares, (user) => (user === 0 ? 'lattice' : 'folding'));
        const [alone, others] = [served(deployment, 0), served(deployment, 1) + served(deployment, 2)];
        expect(Math.abs(alone - others)).toBeLessThanOrEqual(tolerance(slots));
        expect(Math.abs(served(deployment, 1) - served(deployment, 2))).toBeLessThanOrEqual(tolerance(slots));
      }),
      { numRuns: 12 },
    );
  });

  it('are as they were counted: usage is what was spent', () => {
    const deployment = play([10, 60], 2, {});
    const scale = deployment.usageOf('lattice', 'user0') / served(deployment, 0);
    expect(deployment.usageOf('lattice', 'user1') / served(deployment, 1) / scale).toBeCloseTo(1, 4);
  });
});

describe('of jobs that come in any order', () => {
  const anArrival = fc.record({ sketch: aSketch, afterMinutes: fc.nat({ max: 60 }), minutes: fc.integer({ min: 5, max: 180 }) });
  const lending = aTree.map((tree) => aShareTree({
    ...tree,
    groups: tree.groups.map((share) => ({ ...share, lend: true })),
    namespaces: tree.namespaces.map((share) => ({ ...share, lend: true })),
  }));

  it('none waits for ever that could start alone', () => {
    fc.assert(
      fc.property(fc.array(anArrival, { maxLength: 20 }), lending, fc.constantFrom(1, 1000), (arrivals, shares, window) => {
        const policy = aPolicy({ shares });
        const deployment = new SimulatedDeployment(policy, window);
        for (const [i, { sketch, afterMinutes, minutes }] of arrivals.entries()) {
          deployment.moveTo(epochMs(deployment.nowMs + afterMinutes * 60_000));
          const entry = aWaitingJob(`job${String(i).padStart(2, '0')}`, { ...sketch, submittedAtMs: deployment.nowMs });
          deployment.submit(entry, Math.min(minutes * 60, entry.holdSeconds ?? Number.POSITIVE_INFINITY) * 1000);
          deployment.cycle();
        }
        deployment.drain();
        const starved = deployment.waiting.filter(({ entry }) => planOf({ waiting: [entry] }, policy).admissions.length > 0);
        expect(starved.map(({ entry }) => entry.jobId)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
