import { describe, expect, it } from '@jest/globals';
import type { Cooldown, CooldownScope } from '../../../../core/capacity/offering.ts';
import { epochMs, jobId } from '../../../../core/job/ids.ts';
import type { Pause } from '../../../../core/queue/pause.ts';
import { aHolder, aNamespace, aParkedJob, aPolicy, aWaitingJob, hours, NOW, obstacleOf, planOf, startsOf } from '../../../builders/scheduling.ts';

const pause = (scope: Pause['scope']): Pause => ({ scope, by: 'ops', reason: 'maintenance', atMs: NOW });
const untilMs = epochMs(NOW + 60_000);
const cooling = (scope: CooldownScope, fields: Partial<Cooldown> = {}): Cooldown => ({ scope, code: 'InsufficientInstanceCapacity', failures: 1, sinceMs: NOW, untilMs, ...fields });
const offering = (zone: string, market: 'spot' | 'on-demand' = 'on-demand', instanceType = 'm6i.xlarge'): CooldownScope => ({ kind: 'offering', offering: { instanceType, zone, market } });
const everywhere = [cooling(offering('us-east-1a')), cooling(offering('us-east-1b'), { untilMs: epochMs(NOW + 90_000) })];

describe('a pause', () => {
  it('of the queue lets nothing start', () => {
    const plan = planOf({ waiting: [aWaitingJob('j')], parked: [aParkedJob('p', { user: 'bob' })], pauses: [pause({ kind: 'queue' })] });
    expect([plan.admissions, plan.turns]).toEqual([[], []]);
    expect(obstacleOf(plan, 'j')).toMatchObject({ kind: 'paused', by: 'ops', reason: 'maintenance' });
    expect(obstacleOf(plan, 'p')).toMatchObject({ kind: 'paused' });
  });

  it('of a namespace lets nothing of it start', () => {
    const waiting = [aWaitingJob('held', { namespace: 'lattice' }), aWaitingJob('free', { namespace: 'plasma' })];
    const plan = planOf({ waiting, pauses: [pause({ kind: 'namespace', namespace: 'lattice' })] });
    expect(startsOf(plan)).toEqual(['free']);
    expect(obstacleOf(plan, 'held')).toMatchObject({ kind: 'paused', by: 'ops', reason: 'maintenance', scope: expect.stringContaining('lattice') });
  });

  it.each<[string, CooldownScope]>([
    ['a market', { kind: 'pausedMarket', market: 'on-demand' }],
    ['an offering, the only one left', { kind: 'pausedOffering', offering: { instanceType: 'm6i.xlarge', zone: 'us-east-1a', market: 'on-demand' } }],
  ])('of %s holds back who may be launched as nothing else', (_, scope) => {
    const held = cooling(scope, { code: 'Paused', untilMs: epochMs(NOW + hours(10_000)), pausedBy: { by: 'ops', reason: 'bill' } });
    const waiting = [aWaitingJob('held', { zones: ['us-east-1a'] }), aWaitingJob('free', { zones: ['us-east-1a'], markets: ['spot', 'on-demand'] })];
    const plan = planOf({ waiting, cooldowns: [held] });
    expect(startsOf(plan)).toEqual(['free']);
    expect(obstacleOf(plan, 'held')).toMatchObject({ kind: 'paused', by: 'ops', reason: 'bill' });
  });

  it('reserves nothing for whom it holds back', () => {
    const waiting = [aWaitingJob('wide', { nodes: 8, submittedAtMs: epochMs(NOW - hours(1)) }), aWaitingJob('long', { namespace: 'plasma', nodes: 4, holdSeconds: 99_999 })];
    const holders = [aHolder('h', { nodes: 6, user: 'eve' })];
    const pauses = [pause({ kind: 'namespace', namespace: 'lattice' })];
    expect(startsOf(planOf({ waiting, holders, pauses }, aPolicy({ shares: { limits: { nodes: 10 } } })))).toEqual(['long']);
  });

  it('keeps no guarantee for whom it holds back', () => {
    const shares = { limits: { nodes: 4 }, namespaces: [aNamespace('lattice', { guarantee: { nodes: 4 } })] };
    const waiting = [aWaitingJob('own', { nodes: 4 }), aWaitingJob('other', { namespace: 'plasma', nodes: 4 })];
    expect(startsOf(planOf({ waiting, pauses: [pause({ kind: 'namespace', namespace: 'lattice' })] }, aPolicy({ shares })))).toEqual(['other']);
  });
});

describe('jobs that may not be tried', () => {
  const gpus = ['us-east-1a', 'us-east-1b'].map((zone) => cooling(offering(zone, 'on-demand', 'p4d.24xlarge')));
  const cool = (id: string, user: string, vcpus: number): ReturnType<typeof aWaitingJob> => aWaitingJob(id, { user, vcpus, types: ['p4d.24xlarge'], submittedAtMs: epochMs(NOW - hours(1)) });
  const small = (user: string): readonly ReturnType<typeof aWaitingJob>[] => Array.from({ length: 10 }, (_, i) => aWaitingJob(`${user}${i}`, { user }));

  it('take nothing from what their user gets', () => {
    const waiting = [cool('g0', 'ada', 8), cool('g1', 'ada', 16), cool('g2', 'ada', 32), ...small('ada'), ...small('bob')];
    const starts = startsOf(planOf({ waiting, cooldowns: gpus }, aPolicy({ maxRunningJobs: 10 })));
    expect(starts.filter((id) => id.startsWith('ada'))).toHaveLength(5);
  });

  it('do not use up the cycle, however many users have them', () => {
    const waiting = Array.from({ length: 60 }, (_, i) => cool(`g${i}`, `user${i}`, 8));
    const plan = planOf({ waiting: [...waiting, aWaitingJob('fits', { user: 'zoe' })], cooldowns: gpus }, aPolicy({ lookahead: { perLane: 100, inAll: 5 } }));
    expect(startsOf(plan)).toEqual(['fits']);
  });
});

describe('a cooldown', () => {
  it('of everything that a job may be launched as lets it wait until the first is over', () => {
    const plan = planOf({ waiting: [aWaitingJob('j')], cooldowns: everywhere });
    expect(startsOf(plan)).toEqual([]);
    expect(obstacleOf(plan, 'j')).toEqual({ kind: 'cooldown', untilMs, code: 'InsufficientInstanceCapacity' });
  });

  it('of a part of it does not hold a job back', () => {
    expect(startsOf(planOf({ waiting: [aWaitingJob('j')], cooldowns: everywhere.slice(1) }))).toEqual(['j']);
    expect(startsOf(planOf({ waiting: [aWaitingJob('j', { types: ['m6i.xlarge', 'c6i.xlarge'] })], cooldowns: everywhere }))).toEqual(['j']);
  });

  it('that is over holds nobody back', () => {
    expect(startsOf(planOf({ waiting: [aWaitingJob('j')], cooldowns: everywhere.map((each) => ({ ...each, untilMs: NOW })) }))).toEqual(['j']);
  });

  it('that ended a moment ago lets one job of all find out whether there is capacity again', () => {
    const ended = everywhere.map((each) => ({ ...each, untilMs: NOW }));
    const waiting = [aWaitingJob('a'), aWaitingJob('b', { nodes: 2 }), aWaitingJob('c', { user: 'bob' }), aWaitingJob('free', { types: ['c6i.xlarge'] })];
    const parked = [aParkedJob('p', { user: 'eve' })];
    const plan = planOf({ waiting, parked, cooldowns: ended });
    const starts = [...startsOf(plan), ...plan.turns.map(({ entry }) => entry.jobId)];
    expect(starts).toHaveLength(2);
    expect(starts).toContain('free');
    expect(plan.waiting.map(({ obstacle }) => obstacle.kind)).toEqual(['probe', 'probe', 'probe']);
  });

  it('lets one job ask after two minutes where one has just come, the first in order, and it may be parked', () => {
    const of = (agoMs: number) => everywhere.map((each) => ({ ...each, sinceMs: epochMs(NOW - agoMs), untilMs: epochMs(NOW + 180_000) }));
    const parked = [aParkedJob('p', { priority: 900 }, { untilMs: epochMs(NOW + 180_000) })];
    const waiting = [aWaitingJob('new', { submittedAtMs: epochMs(NOW - 1000) })];
    const both = planOf({ waiting, parked, cooldowns: of(120_000) });
    expect([startsOf(both), both.turns.map(({ entry }) => entry.jobId)]).toEqual([[], ['p']]);
    expect(startsOf(planOf({ waiting, cooldowns: of(120_000) }))).toEqual(['new']);
    expect(planOf({ waiting, parked, cooldowns: of(119_999) })).toMatchObject({ admissions: [], turns: [] });
    expect(planOf({ waiting: [aWaitingJob('old', { submittedAtMs: epochMs(NOW - 120_000) })], parked, cooldowns: of(120_000) })).toMatchObject({ admissions: [], turns: [] });
  });

  it('lets one parked job ask early where more looks open than it may be launched as, and none that did so in vain', () => {
    const untilLate = epochMs(NOW + 180_000);
    const cooldowns = everywhere.slice(0, 1).map((each) => ({ ...each, sinceMs: epochMs(NOW - 160_000), untilMs: untilLate }));
    const waiting = [aWaitingJob('new', { submittedAtMs: epochMs(NOW - 1000), user: 'bob' })];
    const parked = (sinceMs: number) => ['p', 'q', 'r'].map((id) => ({ ...aParkedJob(id, { user: id }, { untilMs: untilLate }), sinceMs: epochMs(sinceMs) }));
    expect(planOf({ waiting, parked: parked(NOW - 159_000), cooldowns }).turns).toHaveLength(1);
    expect(planOf({ waiting, parked: parked(NOW - 31_000), cooldowns }).turns).toEqual([]);
    expect(planOf({ waiting, parked: parked(NOW - 31_000), cooldowns: [] }).turns).toHaveLength(3);
  });

  it('lets one ask after two minutes where ten wait that had no turn yet', () => {
    const cooldowns = everywhere.map((each) => ({ ...each, sinceMs: epochMs(NOW - 120_000), untilMs: epochMs(NOW + 180_000) }));
    const crowd = Array.from({ length: 10 }, (_, index) => aWaitingJob(`j${index}`, { submittedAtMs: epochMs(NOW - 200_000) }));
    expect(startsOf(planOf({ waiting: crowd, cooldowns }))).toHaveLength(1);
    expect(startsOf(planOf({ waiting: crowd.slice(1), cooldowns }))).toHaveLength(0);
    const elsewhere = Array.from({ length: 9 }, (_, index) => aWaitingJob(`k${index}`, { namespace: 'physics', submittedAtMs: epochMs(NOW - 200_000) }));
    const pauses = [{ scope: { kind: 'namespace', namespace: 'physics' }, by: 'ada', reason: 'costs', atMs: NOW } as const];
    const withOne = { waiting: [...elsewhere, ...crowd.slice(0, 1)], cooldowns };
    expect([startsOf(planOf(withOne)), startsOf(planOf({ ...withOne, pauses }))].map(({ length }) => length)).toEqual([1, 0]);
  });

  it('lets the others wait while the one finds out, and no longer', () => {
    const probed = everywhere.map((each) => ({ ...each, untilMs: epochMs(NOW + 1), probedBy: jobId('prober') }));
    expect(obstacleOf(planOf({ waiting: [aWaitingJob('j')], cooldowns: probed }), 'j')).toEqual({ kind: 'probe', offering: 'm6i.xlarge/us-east-1a/on-demand' });
    expect(startsOf(planOf({ waiting: [aWaitingJob('j'), aWaitingJob('k')] }))).toEqual(['j', 'k']);
  });

  it('that ended long ago lets all try', () => {
    const ended = everywhere.map((each) => ({ ...each, untilMs: epochMs(NOW - 600_000) }));
    expect(startsOf(planOf({ waiting: [aWaitingJob('j'), aWaitingJob('k')], cooldowns: ended }))).toEqual(['j', 'k']);
  });

  it('of many machines lets fewer be tried', () => {
    const many = everywhere.map((each) => ({ ...each, atLeast: 10 }));
    const waiting = [aWaitingJob('few', { nodes: 9 }), aWaitingJob('many', { nodes: 10 })];
    expect(startsOf(planOf({ waiting, cooldowns: many }))).toEqual(['few']);
  });

  it('of one pool holds back the gang', () => {
    const pools = [{ nodes: 1, vcpus: 4, types: ['c6i.large'], markets: ['on-demand'] }, { nodes: 1, vcpus: 4, types: ['m6i.xlarge'], markets: ['on-demand'] }] as const;
    expect(obstacleOf(planOf({ waiting: [aWaitingJob('gang', { nodes: 2, vcpus: 8, pools })], cooldowns: everywhere }), 'gang')).toMatchObject({ kind: 'cooldown' });
  });

  it('does not let a thousand who wait for GPUs stand before one who needs none', () => {
    const gpus = Array.from({ length: 1000 }, (_, i) => aWaitingJob(`gpu${i}`, { types: ['p4d.24xlarge'], nodes: 1 + i, submittedAtMs: epochMs(NOW - hours(1)) }));
    const cooldowns = ['us-east-1a', 'us-east-1b'].map((zone) => cooling(offering(zone, 'on-demand', 'p4d.24xlarge')));
    const plan = planOf({ waiting: [...gpus, aWaitingJob('cpu')], cooldowns, window: 25 });
    expect(startsOf(plan)).toEqual(['cpu']);
  });

  it('is told before a limit, since it ends first', () => {
    const plan = planOf({ waiting: [aWaitingJob('j', { nodes: 2 })], holders: [aHolder('h')], cooldowns: everywhere }, aPolicy({ shares: { limits: { nodes: 2 } } }));
    expect(obstacleOf(plan, 'j')).toMatchObject({ kind: 'cooldown' });
  });
});

describe('a window on a lane', () => {
  const many = (count: number, user = 'ada'): ReturnType<typeof aWaitingJob>[] => Array.from({ length: count }, (_, i) => aWaitingJob(`${user}${String(i).padStart(4, '0')}`, { user }));

  it('that was used up is asked to go on', () => {
    const waiting = many(40);
    const plan = planOf({ waiting, window: 25 });
    expect(plan.admissions).toHaveLength(25);
    expect(plan.wants.lanes).toEqual([{ namespace: 'lattice', user: 'ada', lane: waiting[0]?.lane }]);
  });

  it('with nothing behind it is not', () => {
    expect(planOf({ waiting: many(25), window: 25 }).wants.lanes).toEqual([]);
  });

  it('is not asked for more where nothing more could start', () => {
    const full = aPolicy({ shares: { limits: { runningJobs: 25 } } });
    expect(planOf({ waiting: many(40), window: 25 }, full).wants.lanes).toEqual([]);
    expect(planOf({ waiting: many(40), window: 25 }, aPolicy({ maxStarts: 25 })).wants.lanes).toEqual([]);
    expect(planOf({ waiting: many(40), window: 25 }, aPolicy({ shares: { maxLaunchesInFlight: 25 } })).wants.lanes).toEqual([]);
  });

  it('costs one look for a thousand equal jobs, one place of those that a cycle looks at', () => {
    const waiting = [...many(1000), aWaitingJob('other', { submittedAtMs: NOW, nodes: 1 })].map((entry) => (entry.jobId.startsWith('other') ? entry : aWaitingJob(entry.jobId, { nodes: 9 })));
    const plan = planOf({ waiting, holders: [aHolder('h', { nodes: 5 })] }, aPolicy({ shares: { limits: { nodes: 10 } }, lookahead: { perLane: 100, inAll: 2 } }));
    expect(startsOf(plan)).toEqual(['other']);
    expect(plan.waiting).toHaveLength(1);
  });

  it('is looked into so far and no further', () => {
    // Each is of a shape of its own and too wide; behind them stands one that fits.
    const wide = Array.from({ length: 30 }, (_, i) => aWaitingJob(`wide${i}`, { nodes: 10 + i, submittedAtMs: epochMs(NOW - hours(1)) }));
    const waiting = [...wide, aWaitingJob('fits')];
    const policy = (perLane: number, inAll: number): ReturnType<typeof aPolicy> => aPolicy({ shares: { limits: { nodes: 50 } }, lookahead: { perLane, inAll } });
    const holders = [aHolder('h', { nodes: 41 })];
    expect(startsOf(planOf({ waiting, holders }, policy(30, 1000)))).toEqual([]);
    expect(startsOf(planOf({ waiting, holders }, policy(31, 1000)))).toEqual(['fits']);
    // Twice as far where nothing starts: the next cycle would look at the same.
    const bounded = planOf({ waiting, holders }, policy(100, 10));
    expect(startsOf(bounded)).toEqual([]);
    // The first that was not looked at is told its reason too.
    expect(bounded.waiting).toHaveLength(21);
  });

  it('decides the same as the whole lane once it has all that was wanted', () => {
    const waiting = [...many(60), ...many(60, 'bob')];
    const policy = aPolicy({ shares: { limits: { nodes: 70 } } });
    const whole = startsOf(planOf({ waiting }, policy));
    const narrow = planOf({ waiting, window: 10 }, policy);
    expect(startsOf(narrow)).toEqual(whole.slice(0, narrow.admissions.length));
    expect(startsOf(planOf({ waiting, window: 40 }, policy))).toEqual(whole);
  });
});
