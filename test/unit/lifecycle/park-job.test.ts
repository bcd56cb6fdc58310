import { describe, expect, it } from '@jest/globals';
import type { Job } from '../../../core/job/job.ts';
import type { TaskAnswer } from '../../../core/lifecycle/task.ts';
import { parkJob } from '../../../lambdas/lifecycle/park-job/park-job.ts';
import { ManualClock } from '../../builders/capacity.ts';
import { aHold, aJob } from '../../builders/job.ts';
import { InMemoryAttemptStore } from '../../fakes/in-memory-attempt-store.ts';
import { InMemoryJobStore } from '../../fakes/in-memory-job-store.ts';
import { InMemoryTable } from '../../fakes/in-memory-table.ts';

async function parked(fields: Partial<Job>, waits: Pick<TaskAnswer, 'byClock' | 'waitsFor'> = { byClock: true }) {
  const table = new InMemoryTable();
  const clock = new ManualClock();
  const job = aJob({ hold: aHold(), admittedAtMs: clock.now(), ...fields });
  table.jobs.set(job.jobId, job);
  const answers: string[] = [];
  const tokens = {
    answer: async (_token: string, { kind }: { readonly kind: string }) => {
      answers.push(kind);
      return 'answered' as const;
    },
  };
  const ports = { jobs: new InMemoryJobStore(table), attempts: new InMemoryAttemptStore(table), tokens, clock };
  await parkJob(ports, { jobId: job.jobId, attempt: 1, enter: [], token: 'token', result: { kind: 'short', ...waits } });
  return { table, answers, job };
}

describe('parking a job', () => {
  it('gives its limits back and leaves its token for the scheduler', async () => {
    const { table, answers, job } = await parked({ state: 'ACQUIRING_CAPACITY' });
    expect(table.parked.get(job.jobId)).toMatchObject({ token: 'token', byClock: true });
    expect(table.jobs.get(job.jobId)).not.toHaveProperty('hold');
    expect(table.releases.size).toBe(1);
    expect(answers).toEqual([]);
  });

  it('keeps what the job waits for, unless nothing brings its time forward', async () => {
    const state = 'ACQUIRING_CAPACITY';
    const waitsFor = ['offering/c6i.large/us-east-1a/spot'];
    const [waiting, patient] = [await parked({ state }, { waitsFor }), await parked({ state }, { waitsFor, byClock: true })];
    expect(waiting.table.parked.get(waiting.job.jobId)).toMatchObject({ waitsFor });
    expect(patient.table.parked.get(patient.job.jobId)).not.toHaveProperty('waitsFor');
  });

  it('is answered at once when the job was cancelled before its token was there, or its time is over', async () => {
    expect((await parked({ state: 'ACQUIRING_CAPACITY', cancelRequestedBy: 'ada' })).answers).toEqual(['cancelled']);
    expect((await parked({ state: 'ACQUIRING_CAPACITY', admittedAtMs: aJob().submittedAtMs })).answers).toEqual(['timedOut']);
  });

  it('leaves a job alone that went on without the task', async () => {
    const { table, job } = await parked({ state: 'DESTROYING' });
    expect(table.parked.size).toBe(0);
    expect(table.releases.size).toBe(0);
    expect(table.jobs.get(job.jobId)).toEqual(job);
  });
});
