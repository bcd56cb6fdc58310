import { describe, expect, it } from '@jest/globals';
import { loadKueue } from '../../../../benchmarks/replay/kueue.ts';
import { runPolicy } from '../../../../benchmarks/replay/run-policy.ts';

const file = (fields: { readonly nominalQuota?: string; readonly borrowingLimit?: string; readonly workloadsSets?: string } = {}): string => `
cohorts:
- className: cohort
  count: 2
  queuesSets:
  - className: cq
    count: 3
    nominalQuota: ${fields.nominalQuota ?? '20'}
    borrowingLimit: ${fields.borrowingLimit ?? '100'}
    reclaimWithinCohort: Any
    withinClusterQueue: LowerPriority
    workloadsSets: ${fields.workloadsSets ?? '[{ count: 4, creationIntervalMs: 100, workloads: [{ className: small, runtimeMs: 200, priority: 50, request: 1 }, { className: large, runtimeMs: 1000, priority: 200, request: 20 }] }]'}
`;

describe('a generator file of Kueue', () => {
  it('becomes groups with the sum of their quotas, and namespaces with theirs guaranteed and lent', () => {
    const { shares, capacity, unit } = loadKueue(file(), 'a.yaml');
    expect(shares.groups).toEqual([
      { name: 'cohort-0-0', weight: 1, limits: { nodes: 60 }, guarantee: {}, lend: true },
      { name: 'cohort-0-1', weight: 1, limits: { nodes: 60 }, guarantee: {}, lend: true },
    ]);
    expect(shares.namespaces).toHaveLength(6);
    expect(shares.namespaces[0]).toMatchObject({ name: 'cq-0-0-cohort-0-0', parent: 'cohort-0-0', guarantee: { nodes: 20 }, lend: true, limits: { nodes: 120 } });
    expect([capacity, unit]).toEqual([120, 'CPUs']);
  });

  it('creates workloads one after the other, an interval apart', () => {
    const { jobs } = loadKueue(file(), 'a.yaml');
    const own = jobs.filter(({ entry }) => entry.namespace === 'cq-0-0-cohort-0-0');
    const [first] = own;
    expect(own.map(({ class: name }) => name)).toEqual(['small', 'large', 'small', 'large', 'small', 'large', 'small', 'large']);
    expect(own.map(({ entry }) => entry.submittedAtMs - (first?.entry.submittedAtMs ?? 0))).toEqual([0, 100, 200, 300, 400, 500, 600, 700]);
    expect(own[1]).toMatchObject({ runMs: 1000, entry: { priority: 200, demand: { nodes: 20 } } });
    expect(own[1]?.entry.holdSeconds).toBeUndefined();
  });

  it('counts thousandths where something is no whole CPU, and all pods of a workload', () => {
    const sets = '[{ count: 1, creationIntervalMs: 1, workloads: [{ className: pods, runtimeMs: 1, priority: 1, request: 500m, podCount: 4 }] }]';
    const { jobs, capacity } = loadKueue(file({ workloadsSets: sets }), 'a.yaml');
    expect(jobs[0]?.entry.demand.nodes).toBe(2000);
    expect(capacity).toBe(120_000);
  });

  it('keeps the order of priorities that are beyond ours', () => {
    const sets = '[{ count: 1, creationIntervalMs: 1, workloads: [-5, 0, 70000].map }]'.replace('[-5, 0, 70000].map', [-5, 0, 70_000].map((priority) => `{ className: p, runtimeMs: 1, priority: ${priority}, request: 1 }`).join(', ').replace(/^/u, '[').replace(/$/u, ']'));
    const { jobs } = loadKueue(file({ workloadsSets: sets }), 'a.yaml');
    expect(new Set(jobs.map(({ entry }) => entry.priority))).toEqual(new Set([0, 500, 1000]));
  });

  it.each([
    ['is not YAML', 'a: [', 'a.yaml is not YAML.'],
    ['has no cohorts', 'cohorts: []', 'cohorts'],
    ['has a quota that is none', file({ nominalQuota: 'many' }), 'many is no quantity of CPUs'],
  ])('says where it cannot be used: it %s', (_, text, message) => {
    expect(() => loadKueue(text, 'a.yaml')).toThrow(message);
  });

  it('is replayed with means by class', () => {
    const { result } = runPolicy(loadKueue(file(), 'a.yaml'), 'fair-share+backfill');
    expect(Object.keys(result.classes ?? {})).toEqual(['large', 'small']);
    expect(result.classes?.['large']?.jobs).toBe(24);
  });
});
