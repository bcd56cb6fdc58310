import { beforeEach, describe, expect, it } from '@jest/globals';
import { amend } from '../../../core/lifecycle/amend.ts';
import type { Deadline } from '../../../core/lifecycle/change.ts';
import type { Job } from '../../../core/job/job.ts';
import { after, idOf, submitted } from './submissions.ts';
import type { NewWorld, StoreWorld } from './world.ts';

const YEAR_MS = 31_536_000_000;
const deadline = (ms: number, fields: Partial<Deadline> = {}): Deadline => ({ atMs: after(ms), jobId: idOf(1), attempt: 1, kind: 'ttl', ...fields });

export function deadlineStoreContract(newWorld: NewWorld): void {
  let world: StoreWorld;
  let job: Job;
  beforeEach(async () => {
    world = await newWorld();
    job = await submitted(world, 1);
  });

  const set = (deadlines: readonly Deadline[]) => world.jobs.commit({ ...amend(job, job, [], after(1)), deadlines });

  describe('DeadlineStore', () => {
    it('answers what is due, in order, and nothing later', async () => {
      const step = deadline(200, { kind: 'step', step: 'run/0' });
      await set([deadline(300), step, deadline(100, { kind: 'capacity' }), deadline(301)]);
      expect(await world.deadlines.due(after(300))).toEqual([deadline(100, { kind: 'capacity' }), step, deadline(300)]);
      expect(await world.deadlines.due(after(99))).toEqual([]);
    });

    it('finds what came due while nobody looked, however long ago', async () => {
      await set([deadline(100)]);
      expect(await world.deadlines.due(after(YEAR_MS))).toEqual([deadline(100)]);
    });

    it('forgets what is settled, and only that', async () => {
      const many = Array.from({ length: 60 }, (_, n) => deadline(n, { kind: 'step', step: `run/${n}` }));
      await set(many);
      await world.deadlines.settle(many.slice(1));
      await world.deadlines.settle(many.slice(1));
      expect(await world.deadlines.due(after(1_000))).toEqual(many.slice(0, 1));
      await world.deadlines.settle([]);
    });
  });
}
