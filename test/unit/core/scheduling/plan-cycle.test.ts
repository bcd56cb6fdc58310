import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochMs, jobId, microUsd } from '../../../../core/job/ids.ts';
import type { ParkedEntry, QueueEntry } from '../../../../core/lifecycle/change.ts';
import { planCycle, type QueueSnapshot, type SchedulingPolicy } from '../../../../core/scheduling/plan-cycle.ts';

const now = epochMs(10_000);
const demand = { nodes: 1, vcpus: 4, gpus: 0, microUsdPerHour: microUsd(100) };
const policy: SchedulingPolicy = { maxRunningJobs: 2, weights: {} };

function waits(id: string, fields: Partial<QueueEntry> = {}): QueueEntry {
  return { jobId: jobId(id), namespace: 'a', priority: 500, submittedAtMs: epochMs(1), demand, ...fields };
}

function snapshot(entries: readonly QueueEntry[], rest: Partial<QueueSnapshot> = {}): QueueSnapshot {
  const byNamespace = Map.groupBy(entries, (entry) => entry.namespace);
  return { uses: [], parked: [], queues: [...byNamespace].map(([namespace, list]) => ({ namespace, entries: list })), ...rest };
}

const started = (s: QueueSnapshot, p = policy): string[] => planCycle(s, p, now).admissions.map((entry) => entry.jobId);

describe('a cycle', () => {
  it('starts the highest priority first, then the earliest submitted', () => {
    const entries = [waits('1', { submittedAtMs: epochMs(3) }), waits('2'), waits('3', { priority: 900, submittedAtMs: epochMs(9) })];
    expect(started(snapshot(entries))).toEqual(['3', '2']);
  });

  it('prefers the namespace that holds less for its weight', () => {
    const uses = [
      { namespace: 'a', runningJobs: 1, nodes: 1, microUsdPerHour: 300 },
      { namespace: 'b', runningJobs: 1, nodes: 1, microUsdPerHour: 200 },
    ];
    const entries = [waits('1'), waits('2', { namespace: 'b', submittedAtMs: epochMs(5) })];
    const one = { ...policy, maxRunningJobs: 3 };
    expect(started(snapshot(entries, { uses }), one)).toEqual(['2']);
    expect(started(snapshot(entries, { uses }), { ...one, weights: { a: 2 } })).toEqual(['1']);
  });

  it('alternates between equal namespaces', () => {
    const entries = ['1', '2', '3'].flatMap((id) => [waits(`a${id}`), waits(`b${id}`, { namespace: 'b', submittedAtMs: epochMs(2) })]);
    expect(started(snapshot(entries), { ...policy, maxRunningJobs: 4 })).toEqual(['a1', 'b1', 'a2', 'b2']);
  });

  it('gives a parked job its turn when its time has come, under the same limit', () => {
    const parked: ParkedEntry = { ...waits('p', { priority: 900 }), attempt: 1, token: 't', sinceMs: now, untilMs: now };
    const plan = planCycle(snapshot([waits('1'), waits('2')], { parked: [parked] }), policy, now);
    expect(plan.turns.map((turn) => turn.jobId)).toEqual(['p']);
    expect(plan.admissions.map((entry) => entry.jobId)).toEqual(['1']);
    const later = { ...parked, untilMs: epochMs(now + 1) };
    expect(planCycle(snapshot([], { parked: [later] }), policy, now).turns).toEqual([]);
    const given = { ...parked, turnGivenAtMs: now };
    expect(planCycle(snapshot([], { parked: [given] }), policy, now).turns).toEqual([]);
  });

  it('says why the rest waits', () => {
    const plan = planCycle(snapshot([waits('1'), waits('2'), waits('3')]), policy, now);
    expect(plan.waiting['a']).toMatchObject({ code: 'RunningJobsLimit', message: expect.stringContaining('2 of the 2 jobs') });
  });

  const anEntry = fc.record({
    jobId: fc.uuid().map(jobId),
    namespace: fc.constantFrom('a', 'b', 'c'),
    priority: fc.nat({ max: 1000 }),
    submittedAtMs: fc.nat({ max: 5 }).map(epochMs),
    demand: fc.constant(demand),
  });

  it('never exceeds the limit, never leaves a free slot, and does not depend on the order of its input', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anEntry, { selector: (e) => e.jobId, maxLength: 30 }), fc.nat({ max: 10 }), fc.nat({ max: 10 }), (entries, limit, running) => {
        const uses = [{ namespace: 'a', runningJobs: running, nodes: running, microUsdPerHour: running * 100 }];
        const p = { maxRunningJobs: limit, weights: { b: 2 } };
        const plan = planCycle(snapshot(entries, { uses }), p, now);
        expect(plan.admissions.length).toBe(Math.min(entries.length, Math.max(0, limit - running)));
        const mirrored = snapshot(entries.toReversed(), { uses });
        expect(planCycle({ ...mirrored, queues: mirrored.queues.toReversed() }, p, now)).toEqual(plan);
      }),
    );
  });
});
