import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Cooldown } from '../../../../core/capacity/offering.ts';
import { epochMs } from '../../../../core/job/ids.ts';
import type { QueueEntry } from '../../../../core/lifecycle/change.ts';
import { capacityWaits, type Before, type Found } from '../../../../core/scheduling/capacity-waits.ts';
import { LaneNotes } from '../../../../core/scheduling/lane-notes.ts';
import { ROOM_EVERYWHERE } from '../../../../core/scheduling/room-note.ts';
import type { HeldSince } from '../../../../core/scheduling/snapshot.ts';
import { aHolder, aNamespace, aPolicy, aShareTree, aWaitingJob, hours, NOW, planOf, windowsOf } from '../../../builders/scheduling.ts';

const minutes = (count: number) => epochMs(NOW + count * 60_000);
const short = (fields: Partial<Cooldown> = {}): readonly Cooldown[] =>
  ['us-east-1a', 'us-east-1b'].map((zone) => ({
    scope: { kind: 'offering', offering: { instanceType: 'm6i.xlarge', zone, market: 'on-demand' } },
    code: 'InsufficientInstanceCapacity', failures: 3, sinceMs: NOW, untilMs: minutes(1), ...fields,
  }));
const old = { submittedAtMs: minutes(-30) };
const heldIn = (plan: ReturnType<typeof planOf>): readonly string[] => plan.held.map(({ user }) => user);
const noted = ({ namespace, user, lane }: QueueEntry, heldSince: HeldSince) => ({ namespace, user, lane, heldSince });

/** What comes of a cycle that looked at these lanes. */
function waits(plan: Partial<Found['plan']>, lanes: readonly (Omit<Before['lanes'][number], 'pending'>)[], windows: Found['windows'], nowMs = NOW, room = ROOM_EVERYWHERE, closureOf: Found['closureOf'] = () => undefined) {
  const found = { plan: { held: [], crowded: [], admissions: [], ...plan }, windows, closureOf };
  return capacityWaits(found, { lanes: lanes.map((lane) => ({ pending: 1, ...lane })), room, shares: aShareTree() }, nowMs);
}

/** What a cycle finds of a job. */
type Finding = 'held' | 'gone' | 'crowded' | 'own' | 'unlooked';

describe('a job is held back for capacity alone', () => {
  it('while all that it may be launched as cools', () => {
    expect(heldIn(planOf({ waiting: [aWaitingJob('a', old)], cooldowns: short() }))).toEqual(['ada']);
  });

  it('while another one finds out whether it is back', () => {
    const waiting = [aWaitingJob('a', old), aWaitingJob('b', { ...old, user: 'bob' })];
    const plan = planOf({ waiting, cooldowns: short({ sinceMs: minutes(-9), untilMs: minutes(-1) }) });
    expect([plan.admissions.map(({ entry }) => entry.user), heldIn(plan)]).toEqual([['ada'], ['bob']]);
  });

  it('whether anybody can be started to find out or not', () => {
    const waiting = [aWaitingJob('a', old)];
    const cooldowns = short({ sinceMs: minutes(-9), untilMs: minutes(-1) });
    const plan = planOf({ waiting, cooldowns, launching: 2 }, aPolicy({ shares: { maxLaunchesInFlight: 2 } }));
    expect([plan.admissions, heldIn(plan)]).toEqual([[], ['ada']]);
  });

  it('while one of them finds out for all in the last room that there is, in this cycle or since one before', () => {
    const cooldowns = short({ sinceMs: minutes(-9), untilMs: minutes(-1) });
    const waiting = [aWaitingJob('a', old), aWaitingJob('b', { ...old, user: 'bob' })];
    const full = aPolicy({ maxRunningJobs: 1 });
    const now = planOf({ waiting, cooldowns }, full);
    expect([now.admissions.map(({ entry }) => entry.user), heldIn(now)]).toEqual([['ada'], ['bob']]);
    const seeker = { entry: aWaitingJob('s', { user: 'eve' }), quotas: {} };
    const sketch = { waiting, cooldowns: short(), holders: [aHolder('s', { user: 'eve' })], launching: 1 };
    const later = planOf({ ...sketch, deadSeekers: [seeker] }, full);
    expect([later.admissions, heldIn(later), later.crowded]).toEqual([[], ['ada', 'bob'], []]);
    expect(planOf(sketch, full)).toMatchObject({ held: [], crowded: [{ user: 'ada', place: { kind: 'deployment' } }, { user: 'bob', place: { kind: 'deployment' } }] });
  });

  it.each<[string, Parameters<typeof planOf>]>([
    ['where one zone has some', [{ cooldowns: short().slice(1) }]],
    ['where nothing cools', [{ cooldowns: [] }]],
    ['where it may not run now: the queue is paused', [{ cooldowns: short(), pauses: [{ scope: { kind: 'queue' }, by: 'ops', reason: 'bill', atMs: NOW }] }]],
    ['where an operator pauses what it wants', [{ cooldowns: short({ scope: { kind: 'pausedMarket', market: 'on-demand' }, code: 'Paused', pausedBy: { by: 'ops', reason: 'bill' } }) }]],
    ['where its namespace holds all that it may', [{ cooldowns: short(), holders: [aHolder('h', { user: 'eve' })] }, aPolicy({ shares: { namespaces: [aNamespace('lattice', { limits: { nodes: 1 } })] } })]],
    ['where the deployment is full', [{ cooldowns: short(), holders: [aHolder('h', { namespace: 'plasma' })] }, aPolicy({ maxRunningJobs: 1 })]],
    ['where what is free is kept for others', [
      { cooldowns: short(), waiting: [aWaitingJob('a', old), aWaitingJob('g', { namespace: 'plasma', types: ['m5.large'], nodes: 2 })] },
      aPolicy({ shares: { limits: { nodes: 2 }, namespaces: [aNamespace('plasma', { guarantee: { nodes: 2 } })] } }),
    ]],
  ])('but not %s', (_, [sketch, policy]) => {
    expect(heldIn(planOf({ waiting: [aWaitingJob('a', old)], ...sketch }, policy))).toEqual([]);
  });
});

describe('the time for which it is', () => {
  const [a, b] = [{ ...aWaitingJob('a', old), timeoutSeconds: 600 }, { ...aWaitingJob('b', { submittedAtMs: minutes(-2) }), timeoutSeconds: 600 }];
  const plan = { held: [a], admissions: [] };
  const since = { [a.shape]: minutes(-10) };

  it('counts from the first cycle that finds it held', () => {
    expect(waits(plan, [{ namespace: a.namespace, user: a.user, lane: a.lane }], windowsOf([a]), NOW)).toEqual({ notes: [noted(a, { [a.shape]: NOW })], over: [] });
  });

  it('goes on without a write, and is over when the job has waited so long, its equals that came later not', () => {
    expect(waits(plan, [noted(a, since)], windowsOf([a, b]), NOW)).toEqual({ notes: [], over: [{ entry: a, sinceMs: minutes(-10) }] });
  });

  it('is not over for who starts', () => {
    expect(waits({ ...plan, admissions: [{ entry: a, quotas: {} }] }, [noted(a, since)], windowsOf([a, b]), NOW).over).toEqual([]);
  });

  it('begins anew for an attempt that came into the queue later', () => {
    const again = { ...a, queuedAtMs: minutes(-1) };
    expect(waits(plan, [noted(a, since)], windowsOf([again]), NOW).over).toEqual([]);
    expect(new LaneNotes([noted(a, since)], ROOM_EVERYWHERE, aShareTree()).givenUpAt(again)).toBe(minutes(9));
  });

  it('is forgotten when something else holds it back', () => {
    expect(waits({}, [noted(a, since)], windowsOf([a]), NOW)).toEqual({ notes: [noted(a, {})], over: [] });
  });

  describe('where many share a place without room', () => {
    const jobs = ['ada', 'bob', 'eve'].map((user) => ({ ...aWaitingJob(`of ${user}`, { ...old, user }), timeoutSeconds: 600 }));
    const lanes = jobs.map((job) => noted(job, { [job.shape]: minutes(-5) }));
    const crowded = jobs.map((job) => ({ ...job, place: { kind: 'namespace', name: 'lattice' } as const, isFull: false }));
    const key = `${a.shape} namespace/lattice`;

    it('stands still by one note for all, and begins anew for all by another', () => {
      const closed = { closed: [key], openSince: {} };
      expect(waits({ crowded }, lanes, windowsOf(jobs))).toEqual({ notes: [], room: closed, over: [] });
      expect(waits({ crowded }, lanes, windowsOf(jobs), minutes(60), closed)).toEqual({ notes: [], over: [] });
      const open = { closed: [], openSince: { [key]: minutes(61) } };
      expect(waits({ held: jobs }, lanes, windowsOf(jobs), minutes(61), closed)).toEqual({ notes: [], room: open, over: [] });
      expect(waits({ held: jobs }, lanes, windowsOf(jobs), minutes(70), open).over).toEqual([]);
      expect(waits({ held: jobs }, lanes, windowsOf(jobs), minutes(71), open).over.map(({ entry, sinceMs }) => [entry.user, sinceMs])).toEqual(['ada', 'bob', 'eve'].map((user) => [user, minutes(61)]));
    });

    it('is forgotten with what it concerns', () => {
      expect(waits({}, lanes, windowsOf(jobs), NOW, { closed: [key], openSince: { '* deployment': minutes(-1) } })).toMatchObject({ room: ROOM_EVERYWHERE });
    });

    it('is noted by the lane where that is a user’s own, and where others below the place have room', () => {
      const own = jobs.map((job) => ({ ...job, place: { kind: 'user', namespace: job.namespace, name: job.user } as const, isFull: true }));
      expect(waits({ crowded: own }, lanes, windowsOf(jobs))).toEqual({ notes: jobs.map((job) => noted(job, {})), over: [] });
      expect(waits({ held: jobs.slice(0, 1), crowded: crowded.slice(1) }, lanes, windowsOf(jobs))).toEqual({ notes: jobs.slice(1).map((job) => noted(job, {})), over: [] });
    });

    it('is noted though nobody looked at the lanes, and left alone where nothing keeps them but who finds out', () => {
      expect(waits({}, lanes, [], NOW, ROOM_EVERYWHERE, () => ({ kind: 'full', places: [{ kind: 'deployment' }] }))).toEqual({ notes: [], room: { closed: ['* deployment'], openSince: {} }, over: [] });
      expect(waits({}, lanes, [], NOW, ROOM_EVERYWHERE, () => ({ kind: 'paused' })).notes).toHaveLength(3);
      expect(waits({}, lanes, [])).toEqual({ notes: [], over: [] });
    });

    it('counts less, never more, where there are very many places', () => {
      const openSince = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`* namespace/n${i}`, minutes(-i)]).filter((_, i) => i !== 7));
      const many = Array.from({ length: 300 }, (_, i) => noted({ ...a, namespace: `n${i}` }, { [a.shape]: minutes(-1000) }));
      const { room = ROOM_EVERYWHERE } = waits({ held: many.map((lane) => ({ ...lane, shape: a.shape })) }, many, [], NOW, { closed: ['* namespace/n7'], openSince });
      expect(Object.keys(room.openSince)).toHaveLength(100);
      const notes = new LaneNotes(many, room, aShareTree());
      for (const [i, { namespace }] of many.entries()) expect(notes.heldSince({ ...a, namespace })).toBeGreaterThanOrEqual(i === 7 ? NOW : minutes(-i));
    });
  });

  it('is kept for twenty shapes of a lane, those that are held longest', () => {
    const held = Array.from({ length: 30 }, (_, i) => ({ ...a, shape: `s${String(i).padStart(2, '0')}` }));
    const [note] = waits({ held }, [noted(a, { s29: minutes(-1) })], [], NOW).notes;
    expect(Object.keys(note?.heldSince ?? {})).toHaveLength(20);
    expect(note?.heldSince).toMatchObject({ s29: minutes(-1), s00: NOW });
  });

  it('is over, by any history, exactly when every cycle of so long a time found it held', () => {
    const user = fc.record({ timeout: fc.integer({ min: 1, max: 6 }), comes: fc.nat({ max: 5 }) });
    const findings = fc.constantFrom<Finding>('held', 'held', 'held', 'gone', 'crowded', 'own', 'unlooked');
    const histories = fc.record({
      users: fc.array(user, { minLength: 1, maxLength: 4 }),
      // What all find at once, or each by itself.
      minutes: fc.array(fc.oneof(findings.map((each) => [each, each, each, each]), fc.array(findings, { minLength: 4, maxLength: 4 })), { minLength: 1, maxLength: 25 }),
    });
    fc.assert(
      fc.property(histories, ({ users, minutes: found }) => {
        const jobs = users.map(({ timeout, comes }, n) => ({ ...aWaitingJob(`j${n}`, { user: `u${n}`, submittedAtMs: minutes(comes) }), timeoutSeconds: timeout * 60 }));
        const lanes = new Map(jobs.map((job) => [job.user, noted(job, {})]));
        let room = ROOM_EVERYWHERE;
        for (const [minute, cycle] of found.entries()) {
          const there = jobs.map((job, n) => ({ job, finding: cycle[n] ?? 'gone' })).filter((_, n) => minute >= (users[n]?.comes ?? 0));
          const finding = (...kinds: Finding[]) => there.filter((each) => kinds.includes(each.finding)).map(({ job }) => job);
          const places = { crowded: { kind: 'deployment' }, own: { kind: 'namespace', name: 'lattice' } } as const;
          const crowded = (['crowded', 'own'] as const).flatMap((kind) => finding(kind).map((job) => ({ ...job, place: places[kind], isFull: kind === 'crowded' })));
          const looked = windowsOf(finding('held', 'gone', 'crowded', 'own'));
          const result = waits({ held: finding('held'), crowded }, [...lanes.values()], looked, minutes(minute), room, () => ({ kind: 'full', places: [places.crowded] }));
          for (const note of result.notes) lanes.set(note.user, note);
          room = result.room ?? room;
          const expected = there.filter(({ job, finding: last }) => {
            const n = jobs.indexOf(job);
            const before = found.slice(0, minute + 1).findLastIndex((each) => each[n] !== 'held');
            const from = Math.max(before + 1, users[n]?.comes ?? 0);
            return last === 'held' && minute - from >= (users[n]?.timeout ?? 0);
          });
          expect(result.over.map(({ entry }) => entry.user).toSorted()).toEqual(expected.map(({ job }) => job.user).toSorted());
        }
      }),
    );
  });

  it('says nothing of an entry of an earlier release', () => {
    const { timeoutSeconds: _none, ...entry } = a;
    expect(waits(plan, [noted(a, { [a.shape]: epochMs(NOW - hours(1000)) })], windowsOf([entry]), NOW).over).toEqual([]);
    const notes = new LaneNotes([noted(a, since)], ROOM_EVERYWHERE, aShareTree());
    expect([notes.heldSince(entry), notes.givenUpAt(entry)]).toEqual([undefined, undefined]);
  });
});
