import { describe, expect, it } from '@jest/globals';
import { epochMs } from '../../../../core/job/ids.ts';
import type { Job } from '../../../../core/job/job.ts';
import { describeProgress, type JobProgress } from '../../../../core/lifecycle/describe-progress.ts';
import { jobStates } from '../../../../core/lifecycle/states.ts';
import type { StepRecord, Wait } from '../../../../core/lifecycle/wait.ts';
import { aJob } from '../../../builders/job.ts';

const at = epochMs(Date.UTC(2030, 0, 31, 9));
const job = (fields: Partial<Job>): Job => aJob({ configuringAtMs: at, ...fields });
const { jobId, namespace } = aJob();
const wait: Wait = { jobId, namespace, attempt: 1, token: 't', purpose: 'step', step: 'run/0', sinceMs: at };
const step: StepRecord = { jobId, attempt: 1, step: 'run/0', name: 'Train', ranks: 'head', last: true, sends: 1, startedAtMs: at };
const said = (fields: Partial<Job>, known: Partial<JobProgress> = {}) => describeProgress({ job: job(fields), nodes: [], found: 0, ...known });

describe('what a job does', () => {
  it.each(jobStates)('is said of one that is %s, in a sentence', (state) => {
    const { code, message } = said({ state });
    expect(code).toMatch(/^[A-Z][A-Za-z]+$/);
    expect(message).toMatch(/^[A-Z].*[.]$/);
  });

  it('is the step that runs, since when and until when at the latest', () => {
    expect(said({ state: 'RUNNING' }, { wait, step })).toEqual({
      code: 'StepRuns', message: 'Its step Train (run/0) runs on the head node since 2030-01-31T09:00:00.000Z. It runs until 2030-01-31T10:00:00.000Z at the latest.',
    });
    const bounded = said({ state: 'POST_RUN' }, { wait, step: { ...step, ranks: 'all', deadlineMs: epochMs(at + 60_000) } });
    expect(bounded.message).toBe('Its step Train (run/0) runs on all nodes since 2030-01-31T09:00:00.000Z, and may take until 2030-01-31T09:01:00.000Z.');
  });

  it('is not a step that is over, nor one of an attempt before', () => {
    expect(said({ state: 'RUNNING' }, { wait, step: { ...step, finishedAtMs: at } }).code).toBe('Running');
    expect(said({ state: 'RUNNING', attempt: 2 }, { wait, step }).code).toBe('Running');
  });

  it('is to wait for its release, or to end since it was released', () => {
    const release = { wait: { ...wait, purpose: 'release' } as const };
    expect(said({ state: 'RUNNING' }, release).message).toBe('It is an interactive cluster and runs until it is released, until 2030-01-31T10:00:00.000Z at the latest.');
    expect(said({ state: 'RUNNING', releaseRequestedBy: 'ada' }, release).message).toBe('ada has released it: its run is ending.');
  });

  it('says who has asked to cancel it, while it has not ended', () => {
    expect(said({ state: 'RUNNING', cancelRequestedBy: 'ada' }).message).toMatch(/ ada has asked to cancel it\.$/);
    const ended = said({ state: 'DONE', cancelRequestedBy: 'ada', outcome: 'CANCELLED', reason: { code: 'Cancelled', message: 'cancelled by ada' } });
    expect(ended).toEqual({ code: 'Ended', message: 'Its outcome is CANCELLED: cancelled by ada.' });
  });
});
