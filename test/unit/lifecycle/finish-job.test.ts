import { describe, expect, it } from '@jest/globals';
import { epochMs, microUsd } from '../../../core/job/ids.ts';
import { newAttempt } from '../../../core/lifecycle/amend.ts';
import { finishJob } from '../../../lambdas/lifecycle/finish-job/finish-job.ts';
import { ManualClock } from '../../builders/capacity.ts';
import { aHold, aJob } from '../../builders/job.ts';
import { aNode } from '../../builders/nodes.ts';
import { InMemoryAttemptStore } from '../../fakes/in-memory-attempt-store.ts';
import { InMemoryJobStore } from '../../fakes/in-memory-job-store.ts';
import { attemptKey, InMemoryTable } from '../../fakes/in-memory-table.ts';

function aWorld(fields: Parameters<typeof aJob>[0]) {
  const table = new InMemoryTable();
  const clock = new ManualClock();
  const job = aJob({ state: 'DESTROYING', hold: aHold(), outcome: 'INTERRUPTED', retry: { maxAttempts: 2, on: ['INTERRUPTED'] }, ...fields });
  table.jobs.set(job.jobId, job);
  table.attempts.set(attemptKey(job.jobId, 1), newAttempt(job, aHold(), clock.now()));
  const attempts = new InMemoryAttemptStore(table);
  const finish = (attempt = 1, to: 'DONE' | 'DESTRUCTION_FAILED' = 'DONE') =>
    finishJob({ jobs: new InMemoryJobStore(table), attempts, clock }, { jobId: job.jobId, attempt, enter: [to] });
  return { table, job, clock, attempts, finish };
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

  it('adds what the attempt cost to the job, once however often the task runs', async () => {
    const { table, job, clock, attempts, finish } = aWorld({ cost: [{ pool: 'head', market: 'on-demand', nodes: 1, seconds: 60, microUsd: microUsd(10), savedMicroUsd: microUsd(0) }] });
    const launchedAtMs = epochMs(clock.now() - 3_600_000);
    const price = { launchedAtMs, microUsdPerHour: microUsd(100) } as const;
    await attempts.putNodes(job.jobId, 1, [aNode(0, price), aNode(1, { ...price, market: 'spot', onDemandMicroUsdPerHour: microUsd(300) })]);
    await finish();
    await finish();
    expect(table.jobs.get(job.jobId)?.cost).toEqual([
      { pool: 'head', market: 'on-demand', nodes: 2, seconds: 3660, microUsd: 110, savedMicroUsd: 0 },
      { pool: 'workers', market: 'spot', nodes: 1, seconds: 3600, microUsd: 100, savedMicroUsd: 200 },
    ]);
    expect(table.attempts.get(attemptKey(job.jobId, 1))).toMatchObject({ costMicroUsd: 200 });
  });

  it('leaves the cost open while machines are still there', async () => {
    const { table, job, attempts, finish } = aWorld({});
    await attempts.putNodes(job.jobId, 1, [aNode(0)]);
    expect(await finish(1, 'DESTRUCTION_FAILED')).toEqual({ kind: 'ended' });
    expect(table.jobs.get(job.jobId)).not.toHaveProperty('cost');
    expect(table.attempts.get(attemptKey(job.jobId, 1))).not.toHaveProperty('costMicroUsd');
  });

  it('cannot be recorded for an attempt that never was', async () => {
    const { table, finish } = aWorld({});
    table.attempts.clear();
    await expect(finish()).rejects.toMatchObject({ name: 'InternalError' });
  });
});
