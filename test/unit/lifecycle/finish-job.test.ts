import { describe, expect, it } from '@jest/globals';
import { newAttempt } from '../../../core/lifecycle/amend.ts';
import { finishJob } from '../../../lambdas/lifecycle/finish-job/finish-job.ts';
import { ManualClock } from '../../builders/capacity.ts';
import { aHold, aJob } from '../../builders/job.ts';
import { InMemoryAttemptStore } from '../../fakes/in-memory-attempt-store.ts';
import { InMemoryJobStore } from '../../fakes/in-memory-job-store.ts';
import { attemptKey, InMemoryTable } from '../../fakes/in-memory-table.ts';

function aWorld(fields: Parameters<typeof aJob>[0]) {
  const table = new InMemoryTable();
  const clock = new ManualClock();
  const job = aJob({ state: 'DESTROYING', hold: aHold(), outcome: 'INTERRUPTED', retry: { maxAttempts: 2, on: ['INTERRUPTED'] }, ...fields });
  table.jobs.set(job.jobId, job);
  table.attempts.set(attemptKey(job.jobId, 1), newAttempt(job, aHold(), clock.now()));
  const finish = () => finishJob({ jobs: new InMemoryJobStore(table), attempts: new InMemoryAttemptStore(table), clock }, { jobId: job.jobId, attempt: 1, enter: ['DONE'] });
  return { table, job, finish };
}

describe('the end of an attempt', () => {
  it('is a new attempt where the policy says so, once however often the task runs', async () => {
    const { table, job, finish } = aWorld({});
    expect(await finish()).toEqual({ kind: 'retried' });
    const after = table.jobs.get(job.jobId);
    expect(after).toMatchObject({ state: 'PENDING', attempt: 2 });
    expect(after).not.toHaveProperty('hold');
    expect(await finish()).toEqual({ kind: 'retried' });
    expect(table.jobs.get(job.jobId)).toEqual(after);
    expect(table.queue.size).toBe(1);
    expect(table.releases.size).toBe(1);
  });

  it('is the end of a job that was cancelled', async () => {
    const { table, job, finish } = aWorld({ cancelRequestedBy: 'ada' });
    expect(await finish()).toEqual({ kind: 'ended' });
    expect(await finish()).toEqual({ kind: 'ended' });
    expect(table.jobs.get(job.jobId)).toMatchObject({ state: 'DONE', attempt: 1 });
  });

  it('cannot be recorded for an attempt that never was', async () => {
    const { table, finish } = aWorld({});
    table.attempts.clear();
    await expect(finish()).rejects.toMatchObject({ name: 'InternalError' });
  });
});
