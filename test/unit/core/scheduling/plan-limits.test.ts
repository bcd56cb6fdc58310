import { describe, expect, it } from '@jest/globals';
import { epochMs, microUsd } from '../../../../core/job/ids.ts';
import type { CyclePlan } from '../../../../core/scheduling/plan.ts';
import type { ShareAmounts } from '../../../../core/shares/share-tree.ts';
import { aGroup, aHolder, aNamespace, aParkedJob, aPolicy, aUse, aWaitingJob, NOW, obstacleOf, planOf, startsOf, type JobSketch } from '../../../builders/scheduling.ts';

const before = (minutes: number): JobSketch => ({ submittedAtMs: epochMs(NOW - minutes * 60_000) });
const limited = (limits: ShareAmounts): ReturnType<typeof aPolicy> => aPolicy({ shares: { limits } });

describe('limits of the share tree', () => {
  const job = aWaitingJob('j', { nodes: 2, vcpus: 8, gpus: 1, microUsdPerHour: 500_000 });
  const held = aUse({ runningJobs: 3, nodes: 10, vcpus: 40, gpus: 7, microUsdPerHour: microUsd(2_000_000) });

  it.each<[keyof ShareAmounts, number, number]>([
    ['runningJobs', 3, 1],
    ['nodes', 10, 2],
    ['vcpus', 40, 8],
    ['gpus', 7, 1],
    ['microUsdPerHour', 2_000_000, 500_000],
  ])('let %s be used up to the last and no further', (amount, used, asked) => {
    expect(startsOf(planOf({ waiting: [job], uses: [held] }, limited({ [amount]: used + asked })))).toEqual(['j']);
    const limit = used + asked - 1;
    const plan = planOf({ waiting: [job], uses: [held] }, limited({ [amount]: limit }));
    expect(startsOf(plan)).toEqual([]);
    expect(obstacleOf(plan, 'j')).toEqual({ kind: 'limit', place: { kind: 'deployment' }, amount, limit, used, asked });
  });

  it('do not hold back a job that asks for nothing of what is short', () => {
    const plan = planOf({ waiting: [aWaitingJob('cpu')], uses: [held] }, limited({ gpus: 7 }));
    expect(startsOf(plan)).toEqual(['cpu']);
  });

  it('apply at every level of the path, whoever else holds them', () => {
    const uses = [aUse({ namespace: 'lattice', user: 'bob', nodes: 3 }), aUse({ namespace: 'plasma', user: 'eve', nodes: 4 })];
    const tree = {
      groups: [aGroup('science', { limits: { nodes: 8 } }), aGroup('physics', { parent: 'science', limits: { nodes: 8 } })],
      namespaces: [aNamespace('lattice', { parent: 'physics', limits: { nodes: 8 }, users: { ada: { weight: 1, limits: { nodes: 8 } } } }), aNamespace('plasma', { parent: 'physics' })],
    };
    const obstacle = (nodes: number, shares = tree): CyclePlan['waiting'][number]['obstacle'] | undefined => obstacleOf(planOf({ waiting: [aWaitingJob('j', { nodes })], uses }, aPolicy({ shares })), 'j');
    expect(obstacle(1)).toBeUndefined();
    expect(obstacle(2)).toMatchObject({ kind: 'limit', place: { kind: 'group', name: 'physics' }, limit: 8, used: 7, asked: 2 });
    expect(obstacle(6)).toMatchObject({ kind: 'limit', place: { kind: 'namespace', name: 'lattice' }, limit: 8, used: 3, asked: 6 });
    expect(obstacle(2, { ...tree, groups: [aGroup('science', { limits: { nodes: 8 } }), aGroup('physics', { parent: 'science' })] }))
      .toMatchObject({ place: { kind: 'group', name: 'science' } });
  });

  it('of a user are those of users who are not named, where nobody named this one', () => {
    const lattice = aNamespace('lattice', { users: { ada: { weight: 1, limits: {} } }, defaultUser: { weight: 1, limits: { runningJobs: 1 } } });
    const waiting = ['ada', 'bob'].flatMap((user) => [1, 2].map((i) => aWaitingJob(`${user}${i}`, { user })));
    const plan = planOf({ waiting }, aPolicy({ shares: { namespaces: [lattice] } }));
    expect(startsOf(plan)).toEqual(['ada1', 'bob1', 'ada2']);
    expect(obstacleOf(plan, 'bob2')).toMatchObject({ kind: 'limit', place: { kind: 'user', namespace: 'lattice', name: 'bob' }, amount: 'runningJobs' });
  });

  it('of a namespace that nobody configured are the default ones', () => {
    const defaultNamespace = { weight: 1, limits: { nodes: 3 }, pendingJobs: 10, maxPriority: 1000, defaultUser: { weight: 1, limits: { nodes: 2 } } };
    const waiting = [aWaitingJob('a1', { namespace: 'x', nodes: 2 }), aWaitingJob('b1', { namespace: 'x', user: 'bob', nodes: 2 }), aWaitingJob('c', { namespace: 'y', nodes: 2 })];
    const plan = planOf({ waiting }, aPolicy({ shares: { defaultNamespace } }));
    expect(startsOf(plan)).toEqual(['a1', 'c']);
    expect(obstacleOf(plan, 'b1')).toMatchObject({ place: { kind: 'namespace', name: 'x' } });
  });

  it('are never above what the deployment lets run', () => {
    const waiting = ['1', '2', '3'].map((id) => aWaitingJob(id));
    const plan = planOf({ waiting }, { ...limited({ runningJobs: 5 }), maxRunningJobs: 2 });
    expect(startsOf(plan)).toEqual(['1', '2']);
    expect(obstacleOf(plan, '3')).toMatchObject({ kind: 'limit', place: { kind: 'deployment' }, amount: 'runningJobs', limit: 2, used: 2 });
  });

  it('that were lowered under what is held let nothing start and take nothing away', () => {
    const plan = planOf({ waiting: [aWaitingJob('j')], uses: [held] }, limited({ nodes: 5 }));
    expect(obstacleOf(plan, 'j')).toMatchObject({ kind: 'limit', limit: 5, used: 10, asked: 1 });
  });

  it('tell a job that is larger than they ever allow from one that has to wait', () => {
    const plan = planOf({ waiting: [aWaitingJob('huge', { nodes: 6 })], uses: [aUse({ nodes: 1 })] }, limited({ nodes: 5 }));
    expect(obstacleOf(plan, 'huge')).toEqual({ kind: 'tooLarge', place: { kind: 'deployment' }, amount: 'nodes', limit: 5, asked: 6 });
  });

  it('are not kept for a job that is larger than they ever allow', () => {
    const waiting = [aWaitingJob('huge', { nodes: 6, ...before(9) }), aWaitingJob('small', { holdSeconds: undefined })];
    expect(startsOf(planOf({ waiting, holders: [] }, limited({ nodes: 5 })))).toEqual(['small']);
  });

  it('do not let what blocks one user block another', () => {
    const lattice = aNamespace('lattice', { users: { ada: { weight: 1, limits: { nodes: 1 } } } });
    const waiting = [aWaitingJob('a', { nodes: 1, ...before(9) }), aWaitingJob('b', { user: 'bob', nodes: 50, holdSeconds: undefined })];
    const plan = planOf({ waiting, uses: [aUse({ nodes: 1 })] }, aPolicy({ shares: { namespaces: [lattice] } }));
    expect(startsOf(plan)).toEqual(['b']);
    expect(obstacleOf(plan, 'a')).toMatchObject({ kind: 'limit', place: { kind: 'user' } });
  });
});

describe('account quotas', () => {
  const quotas = { 'Standard/spot': 10, 'Standard/on-demand': 10, 'P/on-demand': 96 };
  const spotPreferred = { markets: ['spot', 'on-demand'] } as const;
  const policy = aPolicy({ shares: { quotas } });

  it('are counted by family and market', () => {
    const uses = [aUse({ quotas: { 'Standard/on-demand': 8 } })];
    const waiting = [aWaitingJob('a', { vcpus: 4 }), aWaitingJob('b', { vcpus: 4, markets: ['spot'] }), aWaitingJob('c', { vcpus: 96, types: ['p4d.24xlarge'] })];
    const plan = planOf({ waiting, uses }, policy);
    expect(startsOf(plan)).toEqual(['b', 'c']);
    expect(obstacleOf(plan, 'a')).toEqual({ kind: 'quota', quotas: [{ quota: 'Standard/on-demand', limit: 10, used: 8 }], asked: 4 });
    expect(plan.admissions.map((start) => start.quotas)).toEqual([{ 'Standard/spot': 4 }, { 'P/on-demand': 96 }]);
  });

  it('are held in every market that a job may be launched on, since it is not known which it will be', () => {
    const plan = planOf({ waiting: [aWaitingJob('j', { vcpus: 4, ...spotPreferred })] }, policy);
    expect(plan.admissions[0]?.quotas).toEqual({ 'Standard/spot': 4, 'Standard/on-demand': 4 });
  });

  it('are held in the one market that has room, where the other has none', () => {
    const uses = [aUse({ quotas: { 'Standard/spot': 8 } })];
    const plan = planOf({ waiting: [aWaitingJob('j', { vcpus: 4, ...spotPreferred })], uses }, policy);
    expect(plan.admissions[0]?.quotas).toEqual({ 'Standard/on-demand': 4 });
  });

  it('are added up over the pools of a job', () => {
    const pools = [{ nodes: 1, vcpus: 6, types: ['m6i.large'], markets: ['spot'] }, { nodes: 1, vcpus: 6, types: ['c6i.large'], markets: ['spot'] }] as const;
    const plan = planOf({ waiting: [aWaitingJob('j', { nodes: 2, pools })] }, policy);
    expect(obstacleOf(plan, 'j')).toMatchObject({ kind: 'quota' });
  });

  it('are summed over all that hold them', () => {
    const uses = [aUse({ namespace: 'a', quotas: { 'Standard/spot': 5 } }), aUse({ namespace: 'b', quotas: { 'Standard/spot': 4 } })];
    const plan = planOf({ waiting: [aWaitingJob('j', { namespace: 'c', vcpus: 2, markets: ['spot'] })], uses }, policy);
    expect(obstacleOf(plan, 'j')).toMatchObject({ quotas: [{ quota: 'Standard/spot', limit: 10, used: 9 }], asked: 2 });
  });

  it('that nobody set hold nobody back, and are counted for when somebody does', () => {
    expect(planOf({ waiting: [aWaitingJob('j', { vcpus: 4, ...spotPreferred })] }).admissions[0]?.quotas).toEqual({ 'Standard/spot': 4, 'Standard/on-demand': 4 });
    const waiting = [aWaitingJob('f', { vcpus: 1000, types: ['f1.16xlarge'] })];
    expect(startsOf(planOf({ waiting }, policy))).toEqual(['f']);
  });

  it('are what parked jobs take again for their turn', () => {
    const plan = planOf({ parked: [aParkedJob('p', { vcpus: 4, ...spotPreferred })] }, policy);
    expect(plan.turns.map((turn) => turn.quotas)).toEqual([{ 'Standard/spot': 4, 'Standard/on-demand': 4 }]);
  });
});

describe('launches in flight', () => {
  it('are capped, those that already look for machines included', () => {
    const waiting = ['1', '2', '3'].map((id) => aWaitingJob(id));
    const plan = planOf({ waiting, launching: 3 }, aPolicy({ shares: { maxLaunchesInFlight: 5 } }));
    expect(startsOf(plan)).toEqual(['1', '2']);
    expect(obstacleOf(plan, '3')).toEqual({ kind: 'launches', inFlight: 5, limit: 5 });
  });

  it('count turns too', () => {
    const plan = planOf({ waiting: [aWaitingJob('1', before(9))], parked: [aParkedJob('p', before(8))] }, aPolicy({ shares: { maxLaunchesInFlight: 1 } }));
    expect([plan.admissions.length, plan.turns.length]).toEqual([1, 0]);
    expect(obstacleOf(plan, 'p')).toMatchObject({ kind: 'launches' });
  });

  it('above the cap start nothing', () => {
    expect(startsOf(planOf({ waiting: [aWaitingJob('1')], launching: 9 }, aPolicy({ shares: { maxLaunchesInFlight: 5 } })))).toEqual([]);
  });
});

describe('a cycle', () => {
  it('starts no more than it may and says that the next one goes on', () => {
    const waiting = ['1', '2', '3'].map((id) => aWaitingJob(id));
    const plan = planOf({ waiting }, { ...aPolicy(), maxStarts: 2 });
    expect(startsOf(plan)).toEqual(['1', '2']);
    expect(obstacleOf(plan, '3')).toEqual({ kind: 'cycle' });
  });

  it('with nothing in it is over at once', () => {
    expect(planOf({})).toEqual({ admissions: [], turns: [], waiting: [], held: [], crowded: [], wants: { lanes: [], holders: false } });
  });

  it('starts everything where nothing is limited', () => {
    const waiting = Array.from({ length: 50 }, (_, i) => aWaitingJob(`j${i}`, { user: `u${i % 7}`, nodes: 1 + (i % 5) }));
    const plan = planOf({ waiting, holders: [aHolder('h')] });
    expect(plan.admissions).toHaveLength(50);
    expect(plan.waiting).toEqual([]);
  });
});
