import { describe, expect, it } from '@jest/globals';
import type { Cooldown } from '../../../../core/capacity/offering.ts';
import { epochMs } from '../../../../core/job/ids.ts';
import type { QueueEntry } from '../../../../core/lifecycle/change.ts';
import { chargeForStart, usageBase } from '../../../../core/scheduling/usage.ts';
import type { SchedulingPolicy } from '../../../../core/scheduling/policy.ts';
import type { ShareTree } from '../../../../core/shares/share-tree.ts';
import { aGroup, aNamespace, aParkedJob, aPolicy, aUse, aWaitingJob, hours, NOW, planOf, spent, startsOf, type JobSketch } from '../../../builders/scheduling.ts';

const WEEK = hours(168);
const before = (ms: number): JobSketch => ({ submittedAtMs: epochMs(NOW - ms) });
const room = (runningJobs: number, shares: Partial<ShareTree> = {}): SchedulingPolicy => aPolicy({ shares: { ...shares, limits: { runningJobs } } });

/** Three jobs of each user, all alike. */
const three = (users: readonly string[], namespace = 'lattice'): QueueEntry[] =>
  users.flatMap((user) => [1, 2, 3].map((i) => aWaitingJob(`${user}${i}`, { namespace, user })));

describe('the order of jobs', () => {
  it('is by priority first, whoever used less', () => {
    const uses = [aUse({ user: 'ada', usage: spent(1000) })];
    const waiting = [aWaitingJob('high', { user: 'ada', priority: 700 }), aWaitingJob('low', { user: 'bob', priority: 600 })];
    expect(startsOf(planOf({ waiting, uses }, room(1)))).toEqual(['high']);
  });

  it('takes priorities of one band for one: there the share decides', () => {
    const uses = [aUse({ user: 'ada', usage: spent(1000) })];
    const waiting = [aWaitingJob('a', { user: 'ada', priority: 699 }), aWaitingJob('b', { user: 'bob', priority: 600 })];
    expect(startsOf(planOf({ waiting, uses }, room(1)))).toEqual(['b']);
  });

  it('lifts a job by a band for two days of waiting', () => {
    const uses = [aUse({ user: 'ada', usage: spent(1000) })];
    const old = aWaitingJob('old', { user: 'ada', priority: 500, ...before(hours(48)) });
    const young = aWaitingJob('young', { user: 'bob', priority: 500, ...before(hours(48) - 1) });
    expect(startsOf(planOf({ waiting: [old, young], uses }, room(1)))).toEqual(['old']);
  });

  it('is by submission between users who used the same', () => {
    const waiting = [aWaitingJob('later', { user: 'ada', ...before(1) }), aWaitingJob('earlier', { user: 'bob', ...before(2) })];
    expect(startsOf(planOf({ waiting }))).toEqual(['earlier', 'later']);
  });

  it('is by id where all else is equal', () => {
    const waiting = ['c', 'a', 'b'].map((id) => aWaitingJob(id, { user: id }));
    expect(startsOf(planOf({ waiting }))).toEqual(['a', 'b', 'c']);
  });

  it('is, within one user, by priority to the point', () => {
    const waiting = [aWaitingJob('less', { priority: 601, ...before(5) }), aWaitingJob('more', { priority: 602, ...before(1) })];
    expect(startsOf(planOf({ waiting }))).toEqual(['more', 'less']);
  });

  it('passes nobody over whose first jobs find no room', () => {
    const wide = [1, 2, 3].map((i) => aWaitingJob(`wide${i}`, { user: 'ada', nodes: 20 + i, ...before(hours(1)) }));
    const small = (user: string) => Array.from({ length: 10 }, (_, i) => aWaitingJob(`${user}${i}`, { user }));
    const plan = planOf({ waiting: [...wide, ...small('ada'), ...small('bob')] }, aPolicy({ maxRunningJobs: 10, shares: { limits: { nodes: 20 } } }));
    expect(startsOf(plan).filter((id) => id.startsWith('ada'))).toHaveLength(5);
  });

  it('goes across the lanes of a user', () => {
    const waiting = [
      aWaitingJob('1', { types: ['m6i.large'], ...before(4) }), aWaitingJob('2', { types: ['p4d.24xlarge'], ...before(3) }),
      aWaitingJob('3', { types: ['m6i.large'], ...before(2) }), aWaitingJob('4', { types: ['p4d.24xlarge'], ...before(1) }),
    ];
    expect(startsOf(planOf({ waiting }))).toEqual(['1', '2', '3', '4']);
  });
});

describe('the fair share', () => {
  it('charges a job when it starts, so that equal users take turns', () => {
    expect(startsOf(planOf({ waiting: three(['ada', 'bob']) }, room(4)))).toEqual(['ada1', 'bob1', 'ada2', 'bob2']);
  });

  it('charges what a job costs, so that dear jobs count for more', () => {
    const waiting = [...three(['ada']), ...three(['bob']).map((entry) => aWaitingJob(entry.jobId, { user: 'bob', microUsdPerHour: 400_000 }))];
    expect(startsOf(planOf({ waiting }, room(5)))).toEqual(['ada1', 'bob1', 'ada2', 'ada3', 'bob2']);
  });

  it('gives twice as much to twice the weight', () => {
    const lattice = aNamespace('lattice', { users: { ada: { weight: 2, limits: {} } } });
    const started = startsOf(planOf({ waiting: three(['ada', 'bob']) }, room(3, { namespaces: [lattice] })));
    expect(started.toSorted()).toEqual(['ada1', 'ada2', 'bob1']);
  });

  it('prefers who used less', () => {
    const uses = [aUse({ user: 'ada', usage: spent(1) }), aUse({ user: 'bob', usage: spent(0.1) })];
    expect(startsOf(planOf({ waiting: three(['ada', 'bob']), uses }, room(2)))).toEqual(['bob1', 'bob2']);
  });

  it('lets what a group used count before what its member used', () => {
    const shares = { groups: [aGroup('physics'), aGroup('biology')], namespaces: [aNamespace('lattice', { parent: 'physics' }), aNamespace('folding', { parent: 'biology' })] };
    const uses = [aUse({ namespace: 'lattice', user: 'heavy', usage: spent(3) }), aUse({ namespace: 'folding', user: 'bob', usage: spent(2) })];
    // Ada used nothing and Bob much, but her group used more than his.
    const waiting = [aWaitingJob('ada', { namespace: 'lattice', user: 'ada' }), aWaitingJob('bob', { namespace: 'folding', user: 'bob' })];
    expect(startsOf(planOf({ waiting, uses }, room(1, shares)))).toEqual(['bob']);
  });

  it('divides a group between its namespaces by their weights', () => {
    const shares = { groups: [aGroup('physics')], namespaces: [aNamespace('lattice', { parent: 'physics', weight: 3 }), aNamespace('plasma', { parent: 'physics' })] };
    const uses = [aUse({ namespace: 'lattice', user: 'ada', usage: spent(2) }), aUse({ namespace: 'plasma', user: 'bob', usage: spent(1) })];
    const waiting = [aWaitingJob('a', { namespace: 'lattice', user: 'ada' }), aWaitingJob('b', { namespace: 'plasma', user: 'bob' })];
    expect(startsOf(planOf({ waiting, uses }, room(1, shares)))).toEqual(['a']);
  });

  it('treats a namespace that nobody configured as one of weight one', () => {
    const shares = { namespaces: [aNamespace('lattice', { weight: 2 })] };
    const uses = [aUse({ namespace: 'lattice', user: 'ada', usage: spent(1.5) }), aUse({ namespace: 'other', user: 'bob', usage: spent(1) })];
    const waiting = [aWaitingJob('a', { namespace: 'lattice', user: 'ada' }), aWaitingJob('b', { namespace: 'other', user: 'bob' })];
    expect(startsOf(planOf({ waiting, uses }, room(1, shares)))).toEqual(['a']);
  });

  it('counts what runs as if it went on for a while', () => {
    // Both used nothing until now; a job of Ada's has just started.
    const { microUsdPerHour } = aWaitingJob('x').demand;
    const uses = [aUse({ user: 'ada', runningJobs: 1, nodes: 1, microUsdPerHour, usage: chargeForStart(microUsdPerHour, NOW, usageBase(NOW, WEEK)) }), aUse({ user: 'bob' })];
    expect(startsOf(planOf({ waiting: [aWaitingJob('a', { user: 'ada' }), aWaitingJob('b', { user: 'bob' })], uses }, room(2)))).toEqual(['b']);
  });
});

describe('other orders, to compare with', () => {
  const waiting = [
    aWaitingJob('first', { user: 'ada', priority: 100, ...before(30) }),
    aWaitingJob('second', { user: 'ada', priority: 300, ...before(20) }),
    aWaitingJob('third', { user: 'bob', priority: 200, ...before(10) }),
  ];

  it('by submission alone', () => {
    expect(startsOf(planOf({ waiting }, { ...aPolicy(), order: 'submission' }))).toEqual(['first', 'second', 'third']);
  });

  it('by priority, then submission', () => {
    expect(startsOf(planOf({ waiting }, { ...aPolicy(), order: 'priority' }))).toEqual(['second', 'third', 'first']);
  });
});

describe('a parked job', () => {
  it('gets its turn in the same order as those that start', () => {
    const plan = planOf({ waiting: [aWaitingJob('1', before(30)), aWaitingJob('3', before(10))], parked: [aParkedJob('2', before(20))] }, room(2));
    expect(startsOf(plan)).toEqual(['1']);
    expect(plan.turns.map(({ entry }) => entry.jobId)).toEqual(['2']);
  });

  it('has no turn before there is anything to try', () => {
    const cooldowns: Cooldown[] = [{ scope: { kind: 'account', region: 'us-east-1' }, code: 'RequestLimitExceeded', failures: 1, sinceMs: NOW, untilMs: epochMs(NOW + 1) }];
    expect(planOf({ parked: [aParkedJob('p', {}, { untilMs: epochMs(NOW + 1) })], cooldowns }).turns).toEqual([]);
    expect(planOf({ parked: [aParkedJob('p', {}, { untilMs: NOW })] }).turns).toHaveLength(1);
  });

  it('gets its turn before the time that it was told, once what it waits for is back or was given back', () => {
    const parked = (sinceMs: number) => [{ ...aParkedJob('p', {}, { untilMs: epochMs(NOW + 200_000) }), sinceMs: epochMs(sinceMs) }];
    expect(planOf({ parked: parked(NOW - 30_000) }).turns).toHaveLength(1);
    expect(planOf({ parked: parked(NOW - 29_999) }).turns).toEqual([]);
  });

  it('has no second turn while it has one', () => {
    const hold = { sinceMs: NOW, endsByMs: epochMs(NOW + hours(1)), quotas: {} };
    expect(planOf({ parked: [aParkedJob('p', {}, { hold })] }).turns).toEqual([]);
  });

  it('waits under the same limits', () => {
    const plan = planOf({ parked: [aParkedJob('p', { nodes: 5 })] }, aPolicy({ shares: { limits: { nodes: 4 } } }));
    expect(plan.turns).toEqual([]);
    expect(plan.waiting).toEqual([expect.objectContaining({ jobId: 'p', obstacle: expect.objectContaining({ kind: 'tooLarge' }) })]);
  });
});
