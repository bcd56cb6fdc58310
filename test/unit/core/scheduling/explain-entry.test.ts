import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochMs } from '../../../../core/job/ids.ts';
import type { QueueEntry } from '../../../../core/lifecycle/change.ts';
import { explainAlone, explainEntry } from '../../../../core/scheduling/explain-entry.ts';
import { planCycle } from '../../../../core/scheduling/plan-cycle.ts';
import { NOW, aHolder, aParkedJob, aPolicy, aSnapshot, aWaitingJob, hours, type SnapshotSketch } from '../../../builders/scheduling.ts';

const small = aPolicy({ shares: { limits: { nodes: 10 } } });
const explain = (entry: QueueEntry, sketch: SnapshotSketch, policy = small) => explainEntry(entry, aSnapshot(sketch), policy, NOW);

describe('what becomes of a waiting job', () => {
  it('is that it starts, with how many before it', () => {
    const waiting = [aWaitingJob('a', { submittedAtMs: epochMs(NOW - 2000) }), aWaitingJob('b', { submittedAtMs: epochMs(NOW - 1000) })];
    expect(waiting.map((entry) => explain(entry, { waiting }))).toEqual([{ kind: 'starts', before: 0 }, { kind: 'starts', before: 1 }]);
  });

  it('is that a limit holds it, with the figures', () => {
    const wide = aWaitingJob('wide', { nodes: 4 });
    const verdict = explain(wide, { waiting: [wide], holders: [aHolder('h', { user: 'bob', nodes: 8 })] });
    expect(verdict).toEqual({
      kind: 'held',
      obstacle: { kind: 'limit', place: { kind: 'deployment' }, amount: 'nodes', limit: 10, used: 8, asked: 4 },
      reservedFromMs: NOW + hours(1),
    });
  });

  it('is what holds an equal job before it, and whose limits are reserved is said of that one alone', () => {
    const [first, second] = [aWaitingJob('1', { nodes: 4, submittedAtMs: epochMs(NOW - 90_000) }), aWaitingJob('2', { nodes: 4 })];
    const verdict = explain(second, { waiting: [first, second], holders: [aHolder('h', { user: 'bob', nodes: 8 })] });
    expect(verdict).toMatchObject({ kind: 'held', obstacle: { kind: 'limit' }, like: '1' });
    expect(verdict).not.toHaveProperty('reservedFromMs');
  });

  it('tells from when on limits are kept for the first of all, where nothing can start', () => {
    const [first, second] = [aWaitingJob('1', { nodes: 4, submittedAtMs: epochMs(NOW - 90_000) }), aWaitingJob('2', { nodes: 5 })];
    const holders = [aHolder('h', { user: 'bob', nodes: 8 }), aHolder('i', { user: 'bob', nodes: 2, endsByMs: epochMs(NOW + hours(3)) })];
    const full = { waiting: [first, second], holders };
    expect(explain(first, full)).toMatchObject({ kind: 'held', obstacle: { kind: 'limit', used: 10 }, reservedFromMs: NOW + hours(1) });
    expect(explain(second, full)).not.toHaveProperty('reservedFromMs');
    expect(explain(first, { ...full, uses: aSnapshot(full).uses, holders: undefined })).not.toHaveProperty('reservedFromMs');
  });

  it('is that others come before it, where by itself it could start', () => {
    const policy = aPolicy({ shares: { maxLaunchesInFlight: 1 } });
    const [first, second] = [aWaitingJob('1', { submittedAtMs: epochMs(NOW - 90_000) }), aWaitingJob('2', { nodes: 2 })];
    const third = aWaitingJob('3', { nodes: 3, submittedAtMs: epochMs(NOW - 1) });
    expect(explain(third, { waiting: [first, second, third] }, policy)).toEqual({ kind: 'behind' });
  });

  it('is looked for behind the window of its lane, and jobs in between come first', () => {
    const lane = ['1', '2', '3', '4'].map((id, i) => aWaitingJob(id, { submittedAtMs: epochMs(NOW - 90_000 + i) }));
    const last = lane.at(-1) as QueueEntry;
    expect(explain(last, { waiting: lane, window: 2 })).toEqual({ kind: 'behind' });
    const held = explain(last, { waiting: lane, window: 2, holders: [aHolder('h', { user: 'bob', nodes: 10 })] });
    expect(held).toMatchObject({ kind: 'held', obstacle: { kind: 'limit', used: 10 } });
  });

  it('is told of a parked job that is due', () => {
    const parked = aParkedJob('p');
    expect(explain(parked, { parked: [parked] })).toEqual({ kind: 'starts', before: 0 });
    const full = { parked: [parked], holders: [aHolder('h', { user: 'bob', nodes: 10 })] };
    expect(explain(parked, full)).toMatchObject({ kind: 'held', obstacle: { kind: 'limit' } });
  });

  it('is the pause, whatever the limits say', () => {
    const entry = aWaitingJob('a');
    const pauses = [{ scope: { kind: 'namespace', namespace: 'lattice' }, by: 'ops', reason: 'maintenance', atMs: NOW }] as const;
    const sketch = { waiting: [entry], pauses };
    expect(explain(entry, sketch)).toMatchObject({ kind: 'held', obstacle: { kind: 'paused', scope: 'namespace lattice', by: 'ops' } });
    expect(explainAlone(entry, aSnapshot(sketch), small, NOW)).toMatchObject({ kind: 'held', obstacle: { kind: 'paused' } });
  });

  it('is what the scheduler decides', () => {
    const aJob = fc.record({ nodes: fc.integer({ min: 1, max: 12 }), user: fc.constantFrom('ada', 'bob', 'eve'), priority: fc.constantFrom(100, 500, 900) });
    fc.assert(
      fc.property(fc.array(aJob, { minLength: 1, maxLength: 12 }), fc.integer({ min: 0, max: 10 }), (sketches, held) => {
        const waiting = sketches.map((sketch, i) => aWaitingJob(`job${i}`, sketch));
        const holders = held === 0 ? [] : [aHolder('h', { user: 'eve', nodes: held })];
        const snapshot = aSnapshot({ waiting, holders });
        const starts = new Set(planCycle(snapshot, small, NOW).admissions.map(({ entry }) => entry.jobId));
        for (const entry of waiting) expect(explainEntry(entry, snapshot, small, NOW).kind === 'starts').toBe(starts.has(entry.jobId));
      }),
    );
  });

  it('is the same alone, where nobody else waits', () => {
    const entry = aWaitingJob('a', { nodes: 11 });
    expect(explainAlone(entry, aSnapshot({}), small, NOW)).toMatchObject({ kind: 'held', obstacle: { kind: 'tooLarge', limit: 10, asked: 11 } });
    expect(explainAlone(aWaitingJob('b'), aSnapshot({}), small, NOW)).toEqual({ kind: 'behind' });
    expect(explainAlone(aParkedJob('p'), aSnapshot({ parked: [aParkedJob('p')] }), small, NOW)).toEqual({ kind: 'behind' });
  });
});
