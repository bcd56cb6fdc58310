import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { quotaFamily } from '../../../../core/capacity/error-scope.ts';
import type { QueueEntry } from '../../../../core/lifecycle/change.ts';
import { byRank } from '../../../../core/queue/order.ts';
import { planCycle } from '../../../../core/scheduling/plan-cycle.ts';
import { isDue } from '../../../../core/scheduling/parked-turn.ts';
import type { CyclePlan } from '../../../../core/scheduling/plan.ts';
import type { SchedulingPolicy } from '../../../../core/scheduling/policy.ts';
import type { SchedulingSnapshot } from '../../../../core/scheduling/snapshot.ts';
import { aPolicy, aSnapshot, NOW } from '../../../builders/scheduling.ts';
import { aMoment, aTree } from './arbitraries.ts';
import { countedOf, heldAt, passedLimits, pathOf, startsIn } from './naive-limits.ts';

const aRule = fc.record({
  order: fc.constantFrom('fair-share' as const, 'fair-share' as const, 'priority' as const, 'submission' as const),
  backfill: fc.boolean(),
  maxRunningJobs: fc.constantFrom(5, 1000),
  maxStarts: fc.constantFrom(3, 1000),
  lookahead: fc.constantFrom({ perLane: 100, inAll: 1000 }, { perLane: 2, inAll: 5 }),
});

/** A cycle: what it decides on and by which rules. Holders may not have been read. */
const aCycle = fc.tuple(aMoment, aTree, aRule, fc.boolean(), fc.constantFrom(1, 3, 1000)).map(([moment, shares, rule, isRead, window]) => {
  const { holders, ...rest } = aSnapshot({ ...moment, window }, rule.order);
  const snapshot: SchedulingSnapshot = isRead && holders !== undefined ? { ...rest, holders } : rest;
  return { snapshot, policy: aPolicy({ shares, ...rule }), moment };
});

const leafOf = ({ namespace, user }: QueueEntry): string => `${namespace}/${user}`;

/** The law holds for every cycle. */
function always(law: (cycle: { readonly snapshot: SchedulingSnapshot; readonly policy: SchedulingPolicy; readonly plan: CyclePlan; readonly parked: SchedulingSnapshot['parked'] }) => void): void {
  fc.assert(
    fc.property(aCycle, ({ snapshot, policy }) => law({ snapshot, policy, plan: planCycle(snapshot, policy, NOW), parked: snapshot.parked })),
    { numRuns: 200 },
  );
}

describe('whatever a cycle decides on', () => {
  it('never passes a limit', () => {
    always(({ snapshot, policy, plan }) => expect(passedLimits(snapshot, policy, plan)).toEqual([]));
  });

  it('starts jobs that wait, each once, and tells of none that it starts that it waits', () => {
    always(({ snapshot, plan }) => {
      const queued = new Set(snapshot.lanes.flatMap(({ entries }) => entries));
      const due = new Set(snapshot.parked.filter((entry) => isDue(entry, snapshot.cooldowns, NOW)));
      for (const { entry } of plan.admissions) expect(queued.has(entry)).toBe(true);
      for (const { entry } of plan.turns) expect(due.has(entry)).toBe(true);
      const ids = startsIn(plan).map(({ entry }) => entry.jobId);
      const waiting = plan.waiting.map(({ jobId }) => jobId);
      expect(new Set([...ids, ...waiting]).size).toBe(ids.length + waiting.length);
      const known = new Set([...queued, ...snapshot.parked].map(({ jobId }) => jobId));
      expect(waiting.every((id) => known.has(id))).toBe(true);
    });
  });

  it('decides the same again, and whatever the order of the input', () => {
    fc.assert(
      fc.property(aCycle, fc.nat(), ({ snapshot, policy }, seed) => {
        const plan = planCycle(snapshot, policy, NOW);
        expect(planCycle(snapshot, policy, NOW)).toEqual(plan);
        expect(planCycle(permuted(snapshot, seed), withListsPermuted(policy, seed), NOW)).toEqual(plan);
      }),
      { numRuns: 150 },
    );
  });

  it('starts no job of a user before an equal one that stands before it', () => {
    always(({ snapshot, policy, plan }) => {
      if (policy.order !== 'fair-share') return;
      const started = new Set(startsIn(plan).map(({ entry }) => entry.jobId));
      const all = [...snapshot.lanes.flatMap(({ entries }) => entries), ...snapshot.parked.filter((entry) => isDue(entry, snapshot.cooldowns, NOW))];
      for (const { entry } of startsIn(plan)) {
        const passed = all.filter((other) => leafOf(other) === leafOf(entry) && other.shape === entry.shape && byRank(other, entry) < 0 && !started.has(other.jobId));
        expect(passed.map(({ jobId }) => jobId)).toEqual([]);
      }
    });
  });

  it('says of limits only what is so', () => {
    always(({ snapshot, policy, plan }) => {
      const all = [...snapshot.uses, ...startsIn(plan).map(countedOf)];
      for (const { obstacle, namespace, user } of plan.waiting) {
        if (obstacle.kind !== 'limit' && obstacle.kind !== 'guarantee' && obstacle.kind !== 'tooLarge') continue;
        const { place, amount, limit, asked } = obstacle;
        const own = pathOf({ namespace, user }, policy).find((other) => JSON.stringify(other.place) === JSON.stringify(place));
        expect(own?.limits[amount]).toBe(limit);
        const used = heldAt(place, amount, all, policy);
        if (obstacle.kind === 'tooLarge') expect(asked).toBeGreaterThan(limit);
        else expect(obstacle.used).toBeLessThanOrEqual(used);
        if (obstacle.kind === 'limit') expect(obstacle.used + asked).toBeGreaterThan(limit);
        if (obstacle.kind === 'guarantee') expect(obstacle.used + obstacle.kept + asked).toBeGreaterThan(limit);
      }
    });
  });

  it('holds of every quota what a job may launch there', () => {
    always(({ plan }) => {
      for (const { entry, quotas } of startsIn(plan)) {
        const needs = entry.demand.pools.map(({ vcpus, types, markets }) => ({ vcpus, keys: markets.flatMap((market) => types.map((type) => `${quotaFamily(type)}/${market}`)) }));
        const held = new Map<string, number | undefined>(Object.entries(quotas));
        expect(needs.every(({ keys }) => keys.some((key) => held.has(key)))).toBe(true);
        for (const [key, vcpus] of held) expect(vcpus).toBe(needs.filter(({ keys }) => keys.includes(key)).reduce((sum, need) => sum + need.vcpus, 0));
      }
    });
  });

  it('leaves no job without a word that could start', () => {
    always(({ snapshot, policy, plan }) => {
      const started = new Set(startsIn(plan).map(({ entry }) => entry.jobId));
      const explained = new Set(plan.waiting.map(({ namespace, user, shape }) => `${namespace}/${user}/${shape}`));
      const isBounded = plan.waiting.some(({ obstacle: { kind } }) => kind === 'cycle' || kind === 'launches') || policy.lookahead.perLane < 100;
      if (isBounded) return;
      for (const entry of snapshot.lanes.flatMap(({ entries }) => entries)) {
        if (started.has(entry.jobId) || explained.has(`${leafOf(entry)}/${entry.shape}`)) continue;
        const tried = { ...plan, admissions: [...plan.admissions, { entry, quotas: {} }] };
        expect(passedLimits(snapshot, policy, tried)).not.toEqual([]);
      }
    });
  });
});

/** The input's lists in another order. The entries of a lane stay in theirs. */
function permuted(snapshot: SchedulingSnapshot, seed: number): SchedulingSnapshot {
  const { uses, lanes, parked, pauses, cooldowns, holders } = snapshot;
  return {
    ...snapshot,
    uses: shuffled(uses, seed), lanes: shuffled(lanes, seed), parked: shuffled(parked, seed), pauses: shuffled(pauses, seed), cooldowns: shuffled(cooldowns, seed),
    ...(holders === undefined ? {} : { holders: shuffled(holders, seed) }),
  };
}

function withListsPermuted(policy: SchedulingPolicy, seed: number): SchedulingPolicy {
  const { groups, namespaces } = policy.shares;
  return { ...policy, shares: { ...policy.shares, groups: shuffled(groups, seed), namespaces: shuffled(namespaces, seed) } };
}

function shuffled<T>(list: readonly T[], seed: number): T[] {
  return list
    .map((item, i) => ({ item, key: Math.imul(seed ^ (i + 1), 0x9e3779b1) >>> 0 }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
