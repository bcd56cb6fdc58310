import { beforeEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Job } from '../../../core/job/job.ts';
import { admit } from '../../../core/lifecycle/admit.ts';
import { queueEntryOf } from '../../../core/lifecycle/queue-entry.ts';
import { requestCancel, setPriority } from '../../../core/lifecycle/request.ts';
import type { Lease } from '../../../core/ports/scheduler-store.ts';
import { AGEING_MS, byRank, rankTime } from '../../../core/queue/order.ts';
import type { ActiveLane } from '../../../core/scheduling/snapshot.ts';
import { aDemand } from '../../builders/scheduling.ts';
import { after, grant, idOf, leased, queued, submission, submitted } from './submissions.ts';
import type { NewWorld, StoreWorld } from './world.ts';

const HOUR_MS = 3_600_000;
const gpu = aDemand({ types: ['p5.48xlarge'] });
/** Names that look like parts of keys, and what else people are called. */
const users = ['ada', 'ada#', 'ada#0', '#', '', 'a/b', 'LANE#research#ada', '愛達', 'ada\u0301', 'adá', '🧬'.repeat(64), 'x'.repeat(128), 'ada\u0000', '\u{10FFFF}'];

async function cancel({ jobs }: StoreWorld, job: Job, atMs = after(500)): Promise<void> {
  const change = requestCancel(job, 'ada', atMs);
  if (change === 'already') throw new Error('it was cancelled before');
  await jobs.commit(change);
}

export function schedulerQueueContract(newWorld: NewWorld): void {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await newWorld();
  });

  const lanes = async (): Promise<readonly ActiveLane[]> => (await world.scheduler.overview()).lanes;
  const onlyLane = async (): Promise<ActiveLane> => {
    const [lane, ...others] = await lanes();
    if (lane === undefined || others.length > 0) throw new Error('not one lane');
    return lane;
  };

  describe('a lane', () => {
    it('gives its best entries first, and the rest behind the last of them', async () => {
      const submissions: readonly [number, Partial<Job>][] = [[3, { priority: 500 }], [1, { priority: 0 }], [2, { priority: 500 }], [4, { priority: 1_000 }]];
      for (const [n, fields] of submissions) await submitted(world, n, fields);
      const lane = await onlyLane();
      const front = await world.scheduler.window(lane, 3);
      expect(front).toMatchObject({ namespace: 'research', user: 'ada', lane: lane.lane, complete: false });
      expect(front.entries.map((entry) => entry.jobId)).toEqual([4, 2, 3].map(idOf));
      const rest = await world.scheduler.window(lane, 3, front.entries.at(-1));
      expect(rest).toMatchObject({ entries: [{ jobId: idOf(1) }], complete: true });
    });

    it('lets a job that waited long go before a better one of now, and breaks ties by the id', async () => {
      await submitted(world, 1, { priority: 600, submittedAtMs: after(AGEING_MS + 1) });
      await submitted(world, 3, { priority: 500, submittedAtMs: after(0) });
      await submitted(world, 2, { priority: 500, submittedAtMs: after(0) });
      expect((await queued(world)).map((entry) => entry.jobId)).toEqual([2, 3, 1].map(idOf));
    });

    it('is sorted by rank whatever is submitted, and knows how many stand before each', async () => {
      const waiting = fc.record({ priority: fc.nat({ max: 1_000 }), atMs: fc.nat({ max: 5 * AGEING_MS }) });
      await fc.assert(
        fc.asyncProperty(fc.array(waiting, { minLength: 2, maxLength: 8 }), async (jobs) => {
          world = await newWorld();
          await Promise.all(jobs.map(({ priority, atMs }, n) => submitted(world, n, { priority, submittedAtMs: after(atMs) })));
          const entries = await queued(world);
          expect(entries).toHaveLength(jobs.length);
          expect(entries).toEqual(entries.toSorted(byRank));
          const ahead = await Promise.all(entries.map((entry) => world.scheduler.ahead(entry, 5)));
          expect(ahead).toEqual(entries.map((_, i) => Math.min(i, 5)));
        }),
        { numRuns: 5, seed: 7 },
      );
    });

    it('keeps to itself what may be launched as something else, and what is somebody else’s', async () => {
      await submitted(world, 1);
      await submitted(world, 2, { demand: gpu });
      await submitted(world, 3, { namespace: 'other' });
      await submitted(world, 4, { user: 'bob' });
      const all = await lanes();
      expect(all.map(({ pending }) => pending)).toEqual([1, 1, 1, 1]);
      expect((await world.scheduler.window(queueEntryOf(submission(2, { demand: gpu }).job), 10)).entries.map((entry) => entry.jobId)).toEqual([idOf(2)]);
    });

    it('is one user’s, whatever the user is called', async () => {
      await Promise.all(users.map((user, n) => submitted(world, n, { user })));
      const found = await Promise.all((await lanes()).map((lane) => world.scheduler.window(lane, 10)));
      expect(found.map(({ user, entries }) => [user, entries.map((entry) => [entry.jobId, entry.user])]).toSorted()).toEqual(
        users.map((user, n) => [user, [[idOf(n), user]]]).toSorted(),
      );
      const lease = await leased(world);
      const granted = await grant(world, lease, users.map((user, n) => admit(submission(n, { user }).job, {}, after(1_000))));
      expect(granted).toHaveLength(users.length);
      expect((await world.scheduler.overview()).uses.map(({ user, runningJobs }) => [user, runningJobs]).toSorted()).toEqual(users.map((user) => [user, 1]).toSorted());
    });
  });

  describe('what is noted of a lane', () => {
    it('is read with it, stays with all that happens to its count, and goes when it is emptied', async () => {
      const lease = await leased(world);
      const [first, second] = [await submitted(world, 1), await submitted(world, 2)];
      const { namespace, user, lane } = await onlyLane();
      expect(await onlyLane()).not.toHaveProperty('heldSince');
      const heldSince = { '0123456789abcdef': after(5), fedcba9876543210: after(7) };
      await world.scheduler.noteLanes(lease, [{ namespace, user, lane, heldSince }]);
      await grant(world, lease, [admit(first, {}, after(1_000))]);
      await submitted(world, 3);
      await cancel(world, second);
      expect(await onlyLane()).toMatchObject({ pending: 1, heldSince });
      await world.scheduler.noteLanes(lease, [{ namespace, user, lane, heldSince: {} }]);
      expect(await onlyLane()).toEqual({ namespace, user, lane, pending: 1, enteredAtMs: expect.any(Number), started: expect.any(Object) });
    });

    it('is noted each by itself: since when they are held, and why they wait', async () => {
      const lease = await leased(world);
      await submitted(world, 1);
      const { namespace, user, lane } = await onlyLane();
      const heldSince = { '0123456789abcdef': after(5) };
      const reasons = { '*': [{ sinceMs: after(1), code: 'LimitReached' }, { sinceMs: after(3) }], '0123456789abcdef': [{ sinceMs: after(5), code: 'CoolingDown', detail: 'SpotReclaimed' }] } as const;
      await world.scheduler.noteLanes(lease, [{ namespace, user, lane, heldSince }]);
      await world.scheduler.noteLanes(lease, [{ namespace, user, lane, reasons }]);
      expect(await onlyLane()).toMatchObject({ heldSince, reasons });
      await world.scheduler.noteLanes(lease, [{ namespace, user, lane, heldSince: {}, reasons: { '*': reasons['*'] } }]);
      expect(await onlyLane()).toEqual({ namespace, user, lane, pending: 1, enteredAtMs: expect.any(Number), reasons: { '*': reasons['*'] } });
      await world.scheduler.noteLanes(lease, [{ namespace, user, lane, reasons: {} }]);
      expect(await onlyLane()).not.toHaveProperty('reasons');
    });

    it('says who was started last, of those that were together the first in the order', async () => {
      const lease = await leased(world);
      const jobs = [await submitted(world, 1), await submitted(world, 2), await submitted(world, 3)] as const;
      expect(await onlyLane()).not.toHaveProperty('started');
      await grant(world, lease, jobs.slice(1).map((job) => admit(job, {}, after(1_000))));
      expect((await onlyLane()).started).toEqual({ atMs: after(1_000), rank: rankTime(jobs[1]) });
    });

    it('is not replaced by a scheduler that has lost its lease to one that has noted something since', async () => {
      const lost = await leased(world);
      await submitted(world, 1);
      const { namespace, user, lane } = await onlyLane();
      await world.scheduler.dropLease(lost);
      const note = (held: Lease, atMs: number): Promise<void> => world.scheduler.noteLanes(held, [{ namespace, user, lane, heldSince: { shape: after(atMs) } }]);
      await note(await leased(world), 7);
      await note(lost, 5);
      expect(await onlyLane()).toMatchObject({ heldSince: { shape: after(7) } });
    });

    it('makes no lane that is not known', async () => {
      await world.scheduler.noteLanes(await leased(world), [{ namespace: 'research', user: 'ada', lane: '0', heldSince: { shape: after(5) } }]);
      expect(await lanes()).toEqual([]);
    });
  });

  describe('what is noted of places that lanes share', () => {
    it('is nothing at first, then what was noted last', async () => {
      const lease = await leased(world);
      expect(await world.scheduler.overview()).not.toHaveProperty('room');
      const notes = [{ closed: ['* deployment', '0123456789abcdef namespace/research'], openSince: { '* group/a b': after(5) } }, { closed: [], openSince: {}, told: { '* deployment': [{ sinceMs: after(5), code: 'Paused', detail: 'the queue' }, { sinceMs: after(7) }] } }, { closed: [], openSince: {} }] as const;
      for (const note of notes) {
        await world.scheduler.noteRoom(lease, note);
        expect((await world.scheduler.overview()).room).toEqual(note);
      }
    });

    it('is not replaced by a scheduler that has lost its lease to one that has noted something since', async () => {
      const lost = await leased(world);
      await world.scheduler.dropLease(lost);
      await world.scheduler.noteRoom(await leased(world), { closed: ['* deployment'], openSince: {} });
      await world.scheduler.noteRoom(lost, { closed: [], openSince: {} });
      expect((await world.scheduler.overview()).room).toEqual({ closed: ['* deployment'], openSince: {} });
    });
  });

  describe('an entry', () => {
    it('is found as it is stored while it is in the queue', async () => {
      const job = await submitted(world, 1);
      const entry = queueEntryOf(job);
      expect(await world.scheduler.queued(entry)).toEqual(entry);
      expect(await world.scheduler.queued({ ...entry, priority: entry.priority + 1 })).toBeUndefined();
      await cancel(world, job);
      expect(await world.scheduler.queued(entry)).toBeUndefined();
    });
  });

  describe('the count of a lane', () => {
    it('goes up with a submission, down with a grant or a cancel, and stays with a change of priority', async () => {
      const lease = await leased(world);
      const jobs = await Promise.all([1, 2, 3].map((n) => submitted(world, n)));
      expect(await onlyLane()).toMatchObject({ namespace: 'research', user: 'ada', pending: 3 });
      await grant(world, lease, [admit(jobs[0] as Job, {}, after(1_000))]);
      expect(await onlyLane()).toMatchObject({ pending: 2 });
      await cancel(world, jobs[1] as Job);
      expect(await onlyLane()).toMatchObject({ pending: 1 });
      const change = setPriority(jobs[2] as Job, 7, 'ada', after(500));
      if (change === 'already') throw new Error('it had another priority');
      await world.jobs.commit(change);
      expect(await onlyLane()).toMatchObject({ pending: 1 });
    });

    it('is not replaced by what was found while the priority of a job changed: the job may have been missed', async () => {
      const lease = await leased(world);
      const job = await submitted(world, 1);
      const change = setPriority(job, 7, 'ada', after(3 * HOUR_MS));
      if (change === 'already') throw new Error('it had another priority');
      const [known] = await lanes();
      await world.jobs.commit(change);
      if (known === undefined) throw new Error('no lane');
      const { namespace, user, lane } = known;
      expect(await world.scheduler.replacePending(lease, [{ namespace, user, lane, pending: 0 }], after(3 * HOUR_MS))).toEqual([]);
      await world.scheduler.forgetLanes(lease, [known], after(3 * HOUR_MS));
      expect(await onlyLane()).toMatchObject({ pending: 1, enteredAtMs: after(3 * HOUR_MS) });
    });

    it('does no harm where it was lost: jobs leave, others come', async () => {
      const lease = await leased(world);
      const [first, second] = [await submitted(world, 1), await submitted(world, 2)];
      const { namespace, user, lane } = await onlyLane();
      await world.scheduler.replacePending(lease, [{ namespace, user, lane, pending: 0 }], after(3 * HOUR_MS));
      await world.scheduler.forgetLanes(lease, await lanes(), after(3 * HOUR_MS));
      expect(await lanes()).toEqual([]);
      await grant(world, lease, [admit(first, {}, after(1_000))]);
      expect(await lanes()).toEqual([]);
      await cancel(world, second);
      expect((await lanes()).filter(({ pending }) => pending !== 0)).toEqual([]);
      await submitted(world, 3);
      expect(await onlyLane()).toMatchObject({ pending: 1 });
    });

    it('is made anew where it was lost, and found by whoever looks', async () => {
      const lease = await leased(world);
      await submitted(world, 1);
      const { namespace, user, lane } = await onlyLane();
      await world.scheduler.replacePending(lease, [{ namespace, user, lane, pending: 0 }], after(3 * HOUR_MS));
      await world.scheduler.forgetLanes(lease, await lanes(), after(3 * HOUR_MS));
      expect(await queued(world)).toEqual([]);
      expect(await world.scheduler.replacePending(lease, [{ namespace, user, lane, pending: 1 }], after(4 * HOUR_MS))).toHaveLength(1);
      expect((await queued(world)).map((entry) => entry.jobId)).toEqual([idOf(1)]);
    });

    it('does not stay for a submission that makes no job', async () => {
      const keyed = (n: number, requestDigest: string) => ({ ...submission(n), idempotency: { key: 'key', requestDigest, expiresAtMs: after(86_400_000) } });
      await world.jobs.submit(keyed(1, 'same'));
      await world.jobs.submit(keyed(2, 'same'));
      await world.jobs.submit(keyed(3, 'another'));
      expect(await onlyLane()).toMatchObject({ pending: 1 });
    });

    it('goes down by nothing for a cancel or a grant that came too late', async () => {
      const lease = await leased(world);
      const job = await submitted(world, 1);
      await submitted(world, 2);
      await grant(world, lease, [admit(job, {}, after(1_000))]);
      await expect(cancel(world, job)).rejects.toMatchObject({ name: 'VersionConflictError' });
      expect(await grant(world, lease, [admit(job, {}, after(1_000))])).toEqual([]);
      expect(await onlyLane()).toMatchObject({ pending: 1 });
    });

    it('adds up to what a namespace has waiting', async () => {
      await submitted(world, 1);
      await submitted(world, 2, { user: 'bob' });
      await submitted(world, 3, { demand: gpu });
      await submitted(world, 4, { namespace: 'research-2' });
      expect(await world.pending.pending('research', 1_000)).toBe(3);
      expect(await world.pending.pending('research-2', 1_000)).toBe(1);
      expect(await world.pending.pending('nobody', 1_000)).toBe(0);
    });

    it.each([1, 2, 30])('holds whoever asks before each submission to a limit of %d', async (limit) => {
      for (let n = 0; n < limit; n += 1) {
        expect(await world.pending.pending('research', limit)).toBe(n);
        await submitted(world, n);
      }
      expect(await world.pending.pending('research', limit)).toBe(limit);
    });

    it('is heard of at once near a limit, whoever submitted', async () => {
      await submitted(world, 1);
      expect(await world.pending.pending('research', 2)).toBe(1);
      await submitted(world, 2);
      await submitted(world, 3);
      expect(await world.pending.pending('research', 2)).toBe(3);
    });

    it('is right after many entered and left at once', async () => {
      const jobs = await Promise.all(Array.from({ length: 20 }, (_, n) => submitted(world, n)));
      await Promise.all(jobs.slice(0, 8).map((job) => cancel(world, job)));
      expect(await onlyLane()).toMatchObject({ pending: 12 });
    });
  });

  describe('a lane that nobody waits in', () => {
    it('is known as long as jobs wait, forgotten when nobody entered it for long, and known again', async () => {
      const lease = await leased(world);
      const job = await submitted(world, 1);
      await world.scheduler.forgetLanes(lease, [], after(100 * HOUR_MS));
      expect(await onlyLane()).toMatchObject({ pending: 1, enteredAtMs: after(1) });
      await cancel(world, job);
      await world.scheduler.forgetLanes(lease, await lanes(), after(HOUR_MS));
      expect(await onlyLane()).toMatchObject({ pending: 0 });
      await world.scheduler.forgetLanes(lease, await lanes(), after(3 * HOUR_MS));
      expect(await lanes()).toEqual([]);
      await submitted(world, 2);
      expect(await onlyLane()).toMatchObject({ pending: 1 });
    });

    it('is not forgotten by whoever looked before somebody entered it', async () => {
      const lease = await leased(world);
      await cancel(world, await submitted(world, 1));
      const seen = await lanes();
      await submitted(world, 2, { submittedAtMs: after(3 * HOUR_MS) });
      await world.scheduler.forgetLanes(lease, seen, after(3 * HOUR_MS));
      expect(await onlyLane()).toMatchObject({ pending: 1 });
      expect(await queued(world)).toHaveLength(1);
    });

    it('is forgotten in time even if its count is too high', async () => {
      const lease = await leased(world);
      await cancel(world, await submitted(world, 1));
      const [lane] = await lanes();
      if (lane === undefined) throw new Error('no lane');
      expect(await world.scheduler.replacePending(lease, [{ ...lane, pending: 2 }], after(HOUR_MS))).toHaveLength(1);
      for (const hours of [3, 4]) await world.scheduler.forgetLanes(lease, await lanes(), after(hours * HOUR_MS));
      expect(await lanes()).toEqual([]);
    });
  });

  describe('a count that is wrong', () => {
    it('is replaced where the lane was quiet, and left where an entry may be on its way', async () => {
      const lease = await leased(world);
      await submitted(world, 1);
      await submitted(world, 2, { user: 'bob', submittedAtMs: after(HOUR_MS) });
      const wrong = (await lanes()).map(({ namespace, user, lane }) => ({ namespace, user, lane, pending: 5 }));
      const replaced = await world.scheduler.replacePending(lease, wrong, after(HOUR_MS + 1));
      expect(replaced).toEqual(wrong.filter(({ user }) => user === 'ada'));
      expect((await lanes()).map(({ user, pending }) => [user, pending])).toEqual([['ada', 5], ['bob', 1]]);
    });
  });
}
