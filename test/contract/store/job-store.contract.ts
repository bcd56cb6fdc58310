import { beforeEach, describe, expect, it } from '@jest/globals';
import { admit } from '../../../core/lifecycle/admit.ts';
import { amend } from '../../../core/lifecycle/amend.ts';
import { enter } from '../../../core/lifecycle/enter.ts';
import { requestCancel, setPriority } from '../../../core/lifecycle/request.ts';
import type { JobChange } from '../../../core/lifecycle/change.ts';
import type { Page } from '../../../core/ports/page.ts';
import { admitted, after, idOf, leased, parked, queued, stored, submission, submitted } from './submissions.ts';
import type { NewWorld, StoreWorld } from './world.ts';

function changed(change: JobChange | 'already' | undefined): JobChange {
  if (change === undefined || change === 'already') throw new Error('the job would not change');
  return change;
}

/** Reads all pages; fails if a page is longer than asked for. */
async function allPages<T>(read: (cursor?: string) => Promise<Page<T>>, limit: number): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | undefined;
  do {
    const page: Page<T> = await read(cursor);
    expect(page.items.length).toBeLessThanOrEqual(limit);
    found.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return found;
}

const everyThirdBobs = (n: number) => ({ user: n % 3 === 0 ? 'bob' : 'ada', labels: { team: n % 2 === 0 ? 'even' : 'odd' } });

export function jobStoreContract(newWorld: NewWorld): void {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await newWorld();
  });

  const queuedIds = async (): Promise<string[]> => (await queued(world)).map((entry) => entry.jobId);

  describe('JobStore commits', () => {
    it('stores a change with its events, in order of their numbers', async () => {
      const lease = await leased(world);
      const job = await admitted(world, lease, 1);
      await world.jobs.commit(changed(enter(job, undefined, ['CONFIGURING', 'RUNNING'], undefined, after(2_000))));
      expect(await world.jobs.get(job.jobId)).toMatchObject({ state: 'RUNNING', configuringAtMs: after(2_000), revision: job.revision + 1 });
      expect(await world.jobs.getWithWait(job.jobId)).toEqual({ job: await world.jobs.get(job.jobId) });
      const { items } = await world.jobs.events(job.jobId, 100);
      expect(items.map((event) => [event.number, event.type, event.to])).toEqual([
        [1, 'JobSubmitted', undefined],
        [2, 'StateChanged', 'ACQUIRING_CAPACITY'],
        [3, 'StateChanged', 'CONFIGURING'],
        [4, 'StateChanged', 'RUNNING'],
      ]);
    });

    it('refuses a change of a job that has changed, and writes nothing of it', async () => {
      const job = await submitted(world, 1);
      const first = changed(setPriority(job, 900, 'ada', after(10)));
      const second = changed(requestCancel(job, 'bob', after(20)));
      await world.jobs.commit(first);
      await expect(world.jobs.commit(second)).rejects.toMatchObject({ name: 'VersionConflictError' });
      expect(await world.jobs.get(job.jobId)).toEqual(first.after);
      expect((await world.jobs.events(job.jobId, 10)).items).toHaveLength(2);
      expect(await queuedIds()).toEqual([job.jobId]);
    });

    it('refuses a change that comes too late even if it would leave no trace in the history', async () => {
      const job = await submitted(world, 1);
      await world.jobs.commit(amend(job, { ...job, reason: { code: 'First', message: 'first' } }, [], after(10)));
      await expect(world.jobs.commit(amend(job, job, [], after(20)))).rejects.toMatchObject({ name: 'VersionConflictError' });
      expect((await stored(world, job.jobId)).reason?.code).toBe('First');
    });

    it('lets one of several concurrent changes through', async () => {
      const job = await submitted(world, 1);
      const rivals = [1, 2, 3, 4, 5].map((priority) => changed(setPriority(job, priority, 'ada', after(10))));
      const results = await Promise.allSettled(rivals.map((change) => world.jobs.commit(change)));
      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
      expect((await stored(world, job.jobId)).revision).toBe(job.revision + 1);
      expect(await queuedIds()).toEqual([job.jobId]);
    });

    it('moves a waiting job when its priority changes, and takes a cancelled one out of the queue', async () => {
      const a = await submitted(world, 1);
      const b = await submitted(world, 2);
      await world.jobs.commit(changed(setPriority(b, 900, 'ada', after(10))));
      expect(await queuedIds()).toEqual([b.jobId, a.jobId]);
      await world.jobs.commit(changed(requestCancel(a, 'ada', after(20))));
      expect(await queuedIds()).toEqual([b.jobId]);
      expect(await world.jobs.get(a.jobId)).toMatchObject({ state: 'DONE', outcome: 'CANCELLED' });
    });

    it('parks a job with its token, and unparks it when it leaves', async () => {
      const lease = await leased(world);
      const job = await admitted(world, lease, 1);
      const parking = await parked(world, job);
      expect(await world.jobs.parked(job.jobId)).toEqual(parking.park);
      expect(await world.scheduler.overview()).toMatchObject({ parked: [parking.park], releases: [parking.release] });
      await world.jobs.commit(changed(enter(parking.after, undefined, ['DESTROYING'], { kind: 'cancelled' }, after(3_000))));
      expect(await world.jobs.parked(job.jobId)).toBeUndefined();
    });

    it('keeps what a parked job waits for, as the scheduler and others see it', async () => {
      const lease = await leased(world);
      const waitsFor = ['offering/c6i.large/us-east-1a/spot', 'offering/c6i.large/us-east-1b/spot'];
      const { park } = await parked(world, await admitted(world, lease, 1), after(2_000), { waitsFor });
      expect(park).toMatchObject({ waitsFor });
      expect(await world.jobs.parked(idOf(1))).toEqual(park);
      expect((await world.scheduler.overview()).parked).toEqual([park]);
    });

    it('reads back what it was given, values in full', async () => {
      const job = await submitted(world, 1, { labels: { team: 'folding', 'a.b': "it's", empty: '' }, retry: { maxAttempts: 3, on: ['INTERRUPTED'] } });
      const change = changed(requestCancel(job, 'Ada Lovelace', after(5)));
      await world.jobs.commit(change);
      expect(await world.jobs.get(job.jobId)).toEqual(change.after);
      expect((await world.jobs.events(job.jobId, 10)).items.slice(1)).toEqual(change.events);
    });
  });

  describe('JobStore attempts', () => {
    it('keeps the attempts in order and lists the active ones', async () => {
      const lease = await leased(world);
      const jobs = await Promise.all([1, 2, 3].map((n) => admitted(world, lease, n)));
      await world.jobs.recordExecution(idOf(1), 1, 'arn:1');
      const first = await world.jobs.attempt(idOf(1), 1);
      expect(first).toEqual({ ...admit(submission(1).job, {}, after(1_000)).attempt, executionArn: 'arn:1' });
      expect(await world.jobs.attempts(idOf(1))).toEqual([first]);
      const active = await allPages((cursor) => world.jobs.activeAttempts(2, cursor), 2);
      expect(active.map((attempt) => attempt.jobId).sort()).toEqual(jobs.map((job) => job.jobId).sort());
    });

    it('no longer lists an attempt as active whose machines are gone', async () => {
      const lease = await leased(world);
      const job = await admitted(world, lease, 1);
      const attempt = await world.jobs.attempt(job.jobId, 1);
      await world.jobs.commit(changed(enter(job, attempt, ['DESTROYING', 'DONE'], { kind: 'cancelled' }, after(3_000))));
      expect((await world.jobs.activeAttempts(10)).items).toEqual([]);
      expect(await world.jobs.attempt(job.jobId, 1)).toMatchObject({ state: 'DONE', active: false, endedAtMs: after(3_000) });
    });

    it('knows no execution of an attempt that is not there', async () => {
      await expect(world.jobs.recordExecution(idOf(9), 1, 'arn')).rejects.toMatchObject({ name: 'JobNotFoundError' });
      expect(await world.jobs.attempt(idOf(9), 1)).toBeUndefined();
      expect(await world.jobs.get(idOf(9))).toBeUndefined();
    });
  });

  describe('JobStore listings', () => {
    it('lists a namespace newest first, page by page', async () => {
      await Promise.all([1, 2, 3, 4, 5].map((n) => submitted(world, n)));
      await submitted(world, 6, { namespace: 'other' });
      const found = await allPages((cursor) => world.jobs.list({ namespace: 'research' }, 2, cursor), 2);
      expect(found.map((job) => job.jobId)).toEqual([5, 4, 3, 2, 1].map(idOf));
    });

    it('fills the pages of a filtered listing', async () => {
      await Promise.all(Array.from({ length: 12 }, (_, n) => submitted(world, n, everyThirdBobs(n))));
      const page = await world.jobs.list({ namespace: 'research', user: 'bob' }, 3);
      expect(page.items.map((job) => job.jobId)).toEqual([9, 6, 3].map(idOf));
      const odd = await world.jobs.list({ namespace: 'research', label: { key: 'team', value: 'odd' } }, 100);
      expect(odd.items.map((job) => job.jobId)).toEqual([11, 9, 7, 5, 3, 1].map(idOf));
      expect(odd.cursor).toBeUndefined();
      const running = await world.jobs.list({ namespace: 'research', state: 'RUNNING' }, 10);
      expect(running).toEqual({ items: [] });
      await submitted(world, 12, { outcome: 'FAILED' });
      const failed = await world.jobs.list({ namespace: 'research', outcome: 'FAILED' }, 10);
      expect(failed).toEqual({ items: [expect.objectContaining({ jobId: idOf(12) })] });
    });

    it('finds what a filter asks for behind many jobs that do not match', async () => {
      await Promise.all(Array.from({ length: 130 }, (_, n) => submitted(world, n, { user: n < 3 ? 'bob' : 'ada' })));
      const first = await world.jobs.list({ namespace: 'research', user: 'bob' }, 2);
      expect(first.items.map((job) => job.jobId)).toEqual([2, 1].map(idOf));
      const second = await world.jobs.list({ namespace: 'research', user: 'bob' }, 2, first.cursor);
      expect(second).toEqual({ items: [expect.objectContaining({ jobId: idOf(0) })] });
    });

    it('pages through a history', async () => {
      const lease = await leased(world);
      const job = await admitted(world, lease, 1);
      await world.jobs.commit(changed(enter(job, undefined, ['CONFIGURING', 'RUNNING', 'SUCCEEDED', 'POST_RUN'], { kind: 'phaseDone' }, after(2_000))));
      const events = await allPages((cursor) => world.jobs.events(job.jobId, 2, cursor), 2);
      expect(events.map((event) => event.number)).toEqual([1, 2, 3, 4, 5, 6]);
    });

    it('answers the latest entries of a history, and of no other', async () => {
      const lease = await leased(world);
      await submitted(world, 2);
      const job = await admitted(world, lease, 1);
      await world.jobs.commit(changed(enter(job, undefined, ['CONFIGURING', 'RUNNING', 'SUCCEEDED', 'POST_RUN'], { kind: 'phaseDone' }, after(2_000))));
      const all = (await world.jobs.events(job.jobId, 100)).items;
      expect(await world.jobs.latestEvents(job.jobId, 3)).toEqual(all.slice(-3));
      expect(await world.jobs.latestEvents(job.jobId, 100)).toEqual(all);
    });

    it.each(['', 'x', '!!!', Buffer.from('../../etc').toString('base64url'), Buffer.from('{"pk":"JOB#1"}').toString('base64url')])(
      'refuses the cursor %j',
      async (cursor) => {
        await submitted(world, 1);
        await expect(world.jobs.list({ namespace: 'research' }, 1, cursor)).rejects.toMatchObject({ name: 'InvalidRequestError' });
        await expect(world.jobs.events(idOf(1), 1, cursor)).rejects.toMatchObject({ name: 'InvalidRequestError' });
        await expect(world.jobs.activeAttempts(1, cursor)).rejects.toMatchObject({ name: 'InvalidRequestError' });
      },
    );
  });
}
