import { describe, expect, it } from '@jest/globals';
import { epochMs } from '../../../../core/job/ids.ts';
import { aGroup, aHolder, aNamespace, aParkedJob, aPolicy, aWaitingJob, hours, NOW, obstacleOf, planOf, startsOf, usesOf, type JobSketch } from '../../../builders/scheduling.ts';

const before = (minutes: number): JobSketch => ({ submittedAtMs: epochMs(NOW - minutes * 60_000) });
const lasting = (count: number): JobSketch => ({ holdSeconds: count * 3600 });
const tenNodes = aPolicy({ shares: { limits: { nodes: 10 } } });

/** Six of ten nodes are held for two hours, and a job that needs eight waits. */
const holders = [aHolder('running', { user: 'eve', nodes: 6, endsByMs: epochMs(NOW + hours(2)) })];
const wide = aWaitingJob('wide', { user: 'ada', nodes: 8, ...before(9) });

describe('a job that waits for limits', () => {
  it('has them reserved from when enough of what runs is over at the latest', () => {
    const plan = planOf({ waiting: [wide], holders }, tenNodes);
    expect(plan.waiting).toEqual([expect.objectContaining({ jobId: 'wide', obstacle: expect.objectContaining({ kind: 'limit', used: 6, limit: 10 }), reservedFromMs: NOW + hours(2) })]);
  });

  it('is passed by one that is over by then', () => {
    const waiting = [wide, aWaitingJob('short', { user: 'bob', nodes: 4, ...lasting(2) })];
    expect(startsOf(planOf({ waiting, holders }, tenNodes))).toEqual(['short']);
  });

  it('is not passed by one that is over a moment later', () => {
    const waiting = [wide, aWaitingJob('long', { user: 'bob', nodes: 4, holdSeconds: 7201 })];
    const plan = planOf({ waiting, holders }, tenNodes);
    expect(startsOf(plan)).toEqual([]);
    expect(obstacleOf(plan, 'long')).toEqual({ kind: 'reservation', jobId: 'wide', fromMs: NOW + hours(2) });
  });

  it('is passed by a long one that fits beside it', () => {
    const waiting = [wide, aWaitingJob('beside', { user: 'bob', nodes: 2, ...lasting(50) }), aWaitingJob('toomuch', { user: 'cleo', nodes: 1, ...lasting(50) })];
    const plan = planOf({ waiting, holders }, tenNodes);
    expect(startsOf(plan)).toEqual(['beside']);
    expect(obstacleOf(plan, 'toomuch')).toMatchObject({ kind: 'reservation', jobId: 'wide' });
  });

  it('is not passed by one of which nobody knows when it is over, unless it fits beside', () => {
    const waiting = [wide, aWaitingJob('unbound', { user: 'bob', nodes: 3, holdSeconds: undefined }), aWaitingJob('beside', { user: 'cleo', nodes: 1, holdSeconds: undefined })];
    expect(startsOf(planOf({ waiting, holders }, tenNodes))).toEqual(['beside']);
  });

  it('is not passed by anything that counts there where backfill is off', () => {
    const waiting = [wide, aWaitingJob('short', { user: 'bob', ...lasting(1) })];
    expect(startsOf(planOf({ waiting, holders }, { ...tenNodes, backfill: false }))).toEqual([]);
  });

  it('does not hold back those who do not count there', () => {
    const shares = { namespaces: [aNamespace('lattice', { limits: { nodes: 10 } })] };
    const waiting = [wide, aWaitingJob('elsewhere', { namespace: 'plasma', user: 'bob', nodes: 50, ...lasting(50) })];
    expect(startsOf(planOf({ waiting, holders }, aPolicy({ shares })))).toEqual(['elsewhere']);
    expect(startsOf(planOf({ waiting, holders }, { ...aPolicy({ shares }), backfill: false }))).toEqual(['elsewhere']);
  });

  it('for an account quota is not passed on that quota', () => {
    const quotas = { 'P/on-demand': 192 };
    const gpus: JobSketch = { types: ['p4d.24xlarge'], vcpus: 96 };
    const running = aHolder('running', { user: 'eve', ...gpus, endsByMs: epochMs(NOW + hours(2)) });
    const held = [{ ...running, hold: { ...running.hold, quotas: { 'P/on-demand': 96 } } }];
    const waiting = [
      aWaitingJob('two', { ...gpus, vcpus: 192, nodes: 2, ...before(9) }), aWaitingJob('long', { user: 'bob', ...gpus, ...lasting(3) }),
      aWaitingJob('short', { user: 'cleo', ...gpus, ...lasting(1) }), aWaitingJob('cpu', { user: 'dan', ...lasting(99) }),
    ];
    const plan = planOf({ waiting, holders: held }, aPolicy({ shares: { quotas } }));
    expect(startsOf(plan).toSorted()).toEqual(['cpu', 'short']);
    expect(obstacleOf(plan, 'long')).toMatchObject({ kind: 'reservation', jobId: 'two' });
  });

  it('may be a parked one', () => {
    const parked = [aParkedJob('parked', { user: 'ada', nodes: 8, ...before(9) })];
    const plan = planOf({ parked, waiting: [aWaitingJob('long', { user: 'bob', nodes: 4, ...lasting(3) })], holders }, tenNodes);
    expect(obstacleOf(plan, 'long')).toMatchObject({ kind: 'reservation', jobId: 'parked' });
  });

  it('counts on what has started in the same cycle to be over in its time', () => {
    const waiting = [aWaitingJob('first', { user: 'ada', nodes: 6, ...lasting(2), ...before(99) }), aWaitingJob('wide', { user: 'bob', nodes: 8, ...before(9) })];
    const plan = planOf({ waiting, holders: [] }, tenNodes);
    expect(startsOf(plan)).toEqual(['first']);
    expect(plan.waiting).toEqual([expect.objectContaining({ jobId: 'wide', reservedFromMs: NOW + hours(2) })]);
  });

  it('leaves the reservation to the next where it never fits itself', () => {
    const shares = { limits: { nodes: 10 }, namespaces: [aNamespace('kept', { guarantee: { nodes: 2 }, lend: false })] };
    const waiting = [aWaitingJob('never', { user: 'ada', nodes: 9, ...before(99) }), aWaitingJob('wide', { user: 'bob', nodes: 8, ...before(9) }), aWaitingJob('long', { user: 'cleo', nodes: 2, ...lasting(9) })];
    const plan = planOf({ waiting, holders }, aPolicy({ shares }));
    expect(startsOf(plan)).toEqual([]);
    expect(plan.waiting.find(({ jobId }) => jobId === wide.jobId)).toMatchObject({ reservedFromMs: NOW + hours(2) });
  });

  it('behind another has its limits reserved for after it', () => {
    const lattice = aNamespace('lattice', { limits: { nodes: 9 } });
    const waiting = [
      aWaitingJob('first', { namespace: 'plasma', user: 'ada', nodes: 8, ...lasting(5), ...before(99) }),
      aWaitingJob('second', { namespace: 'lattice', user: 'bob', nodes: 8, ...before(9) }),
    ];
    const running = [aHolder('running', { namespace: 'lattice', user: 'eve', nodes: 6, endsByMs: epochMs(NOW + hours(2)) })];
    const plan = planOf({ waiting, holders: running }, aPolicy({ shares: { limits: { nodes: 10 }, namespaces: [lattice] } }));
    const reserved = new Map(plan.waiting.map(({ jobId, reservedFromMs }) => [String(jobId), reservedFromMs]));
    expect(reserved.get('first')).toBe(NOW + hours(2));
    expect(reserved.get('second') ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(NOW + hours(7));
  });
});

describe('when limits come back', () => {
  const uses = usesOf(holders);

  it('is asked for if somebody could pass who does not without', () => {
    const waiting = [wide, aWaitingJob('short', { user: 'bob', nodes: 1, ...lasting(1) })];
    const plan = planOf({ waiting, uses }, tenNodes);
    expect(startsOf(plan)).toEqual([]);
    expect(plan.wants.holders).toBe(true);
    expect(obstacleOf(plan, 'short')).toEqual({ kind: 'reservation', jobId: 'wide' });
  });

  it('is not asked for if nobody stands behind', () => {
    expect(planOf({ waiting: [wide], uses }, tenNodes).wants.holders).toBe(false);
  });

  it('is not asked for where it is known, or would not be used', () => {
    const waiting = [wide, aWaitingJob('short', { user: 'bob', nodes: 1, ...lasting(1) })];
    expect(planOf({ waiting, holders }, tenNodes).wants.holders).toBe(false);
    expect(planOf({ waiting, uses }, { ...tenNodes, backfill: false }).wants.holders).toBe(false);
  });
});

describe('guarantees', () => {
  const shares = { limits: { nodes: 10 }, namespaces: [aNamespace('lattice', { guarantee: { nodes: 4 } }), aNamespace('plasma')] };
  const greedy = Array.from({ length: 10 }, (_, i) => aWaitingJob(`greedy${i}`, { namespace: 'plasma', user: 'eve', priority: 900 }));

  it('are wanted as a whole where more jobs wait than were read', () => {
    const owner = Array.from({ length: 8 }, (_, i) => aWaitingJob(`owner${i}`, { ...before(1) }));
    const others = Array.from({ length: 20 }, (_, i) => aWaitingJob(`other${i}`, { namespace: 'plasma', user: `user${i % 5}`, ...before(60) }));
    const starts = startsOf(planOf({ waiting: [...owner, ...others], window: 2 }, aPolicy({ shares })));
    expect(starts.filter((id) => id.startsWith('other'))).toHaveLength(6);
  });

  it('that nobody wants now are lent', () => {
    expect(planOf({ waiting: greedy, holders: [] }, aPolicy({ shares })).admissions).toHaveLength(10);
  });

  it('are kept for jobs of their owner, whatever the priority of others', () => {
    const waiting = [...greedy, aWaitingJob('own', { nodes: 3, priority: 0 })];
    const plan = planOf({ waiting, holders: [] }, aPolicy({ shares }));
    expect(plan.admissions).toHaveLength(8);
    expect(startsOf(plan)).toContain('own');
  });

  it('come back as what was lent ends', () => {
    const lent = Array.from({ length: 10 }, (_, i) => aHolder(`lent${i}`, { namespace: 'plasma', user: 'eve' }));
    const own = aWaitingJob('own', { nodes: 3, priority: 0 });
    const plan = planOf({ waiting: [own, ...greedy], holders: lent.slice(2) }, aPolicy({ shares }));
    expect(startsOf(plan)).toEqual([]);
    expect(obstacleOf(plan, 'greedy0')).toEqual({ kind: 'guarantee', place: { kind: 'deployment' }, amount: 'nodes', limit: 10, used: 8, kept: 3, asked: 1 });
    expect(startsOf(planOf({ waiting: [own, ...greedy], holders: lent.slice(3) }, aPolicy({ shares })))).toEqual(['own']);
  });

  it('that are not lent are kept always', () => {
    const unlent = { ...shares, namespaces: [aNamespace('lattice', { guarantee: { nodes: 4 }, lend: false })] };
    expect(planOf({ waiting: greedy, holders: [] }, aPolicy({ shares: unlent })).admissions).toHaveLength(6);
  });

  it('do not limit their owner, who may borrow too', () => {
    const waiting = Array.from({ length: 10 }, (_, i) => aWaitingJob(`own${i}`));
    expect(planOf({ waiting, holders: [] }, aPolicy({ shares })).admissions).toHaveLength(10);
  });

  it('of a group are for all in it', () => {
    const physics = aGroup('physics', { guarantee: { nodes: 4 } });
    const tree = { limits: { nodes: 10 }, groups: [physics], namespaces: [aNamespace('lattice', { parent: 'physics' })] };
    const waiting = [...greedy, aWaitingJob('own', { nodes: 4, priority: 0 })];
    expect(startsOf(planOf({ waiting, holders: [] }, aPolicy({ shares: tree })))).toContain('own');
  });

  it('within a group come before what the group lends', () => {
    const tree = {
      limits: { nodes: 10 }, groups: [aGroup('physics', { limits: { nodes: 6 } })],
      namespaces: [aNamespace('lattice', { parent: 'physics', guarantee: { nodes: 4 } }), aNamespace('plasma', { parent: 'physics' })],
    };
    const waiting = [...greedy, aWaitingJob('own', { nodes: 4, priority: 0 })];
    const plan = planOf({ waiting, holders: [] }, aPolicy({ shares: tree }));
    expect(plan.admissions).toHaveLength(3);
    expect(startsOf(plan)).toContain('own');
    expect(obstacleOf(plan, 'greedy2')).toMatchObject({ kind: 'guarantee', place: { kind: 'group', name: 'physics' } });
  });
});
