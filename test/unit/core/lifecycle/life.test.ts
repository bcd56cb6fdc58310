import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochMs } from '../../../../core/job/ids.ts';
import type { Job } from '../../../../core/job/job.ts';
import { admit, giveTurn, park } from '../../../../core/lifecycle/admit.ts';
import { newAttempt } from '../../../../core/lifecycle/amend.ts';
import type { JobChange } from '../../../../core/lifecycle/change.ts';
import { enter } from '../../../../core/lifecycle/enter.ts';
import { requestCancel, requestRelease, setPriority } from '../../../../core/lifecycle/request.ts';
import { retry, wantsRetry } from '../../../../core/lifecycle/retry.ts';
import { isTerminal, jobStates, outcomes, type JobState } from '../../../../core/lifecycle/states.ts';
import { answerKinds, type TaskAnswer } from '../../../../core/lifecycle/task.ts';
import { isPath, transitions } from '../../../../core/lifecycle/transitions.ts';
import { aHold, aJob } from '../../../builders/job.ts';

const now = epochMs(2_000_000);
const hold = aHold();
const failed: TaskAnswer = { kind: 'failed', exitCode: 3, reason: { code: 'StepFailed', message: 'train exited with 3' } };

function entered(job: Job, path: readonly JobState[], result?: TaskAnswer): Job {
  const change = enter(job, newAttempt(job, hold, now), path, result, now);
  if (change === undefined) throw new Error('nothing changed');
  return change.after;
}

describe('entering states', () => {
  it('numbers the history without gaps and moves the revision', () => {
    const change = enter(aJob({ state: 'RUNNING', eventCount: 7 }), undefined, ['SUCCEEDED', 'POST_RUN'], { kind: 'phaseDone' }, now);
    expect(change?.events.map((e) => [e.number, e.from, e.to])).toEqual([
      [8, 'RUNNING', 'SUCCEEDED'],
      [9, 'SUCCEEDED', 'POST_RUN'],
    ]);
    expect(change?.after).toMatchObject({ state: 'POST_RUN', outcome: 'SUCCEEDED', eventCount: 9, revision: 2 });
  });

  it('changes nothing for a task that runs again', () => {
    expect(enter(aJob({ state: 'POST_RUN' }), undefined, ['SUCCEEDED', 'POST_RUN'], undefined, now)).toBeUndefined();
  });

  it('refuses a path that the table does not have', () => {
    expect(() => enter(aJob({ state: 'CONFIGURING' }), undefined, ['POST_RUN'], undefined, now)).toThrow(/cannot go from CONFIGURING to POST_RUN/);
  });

  it('keeps the first failure: a failed run whose post-run fails too', () => {
    const run = entered(aJob({ state: 'RUNNING' }), ['RUN_FAILED', 'POST_RUN'], failed);
    const post = entered(run, ['POST_RUN_FAILED', 'DESTROYING'], { kind: 'timedOut', reason: { code: 'StepTimedOut', message: 'upload' } });
    expect(post).toMatchObject({ outcome: 'FAILED', exitCode: 3, reason: { code: 'StepFailed' } });
  });

  it('makes a good run with a failed post-run FAILED', () => {
    const run = entered(aJob({ state: 'RUNNING' }), ['SUCCEEDED', 'POST_RUN'], { kind: 'phaseDone' });
    expect(entered(run, ['POST_RUN_FAILED', 'DESTROYING'], failed)).toMatchObject({ outcome: 'FAILED' });
  });

  it('leaves the outcome when post-run is cancelled', () => {
    const run = entered(aJob({ state: 'RUNNING' }), ['SUCCEEDED', 'POST_RUN'], { kind: 'phaseDone' });
    expect(entered(run, ['DESTROYING'], { kind: 'cancelled' })).toMatchObject({ outcome: 'SUCCEEDED' });
  });

  it.each([
    [{ kind: 'timedOut' }, 'NO_CAPACITY'],
    [{ kind: 'rejected' }, 'FAILED'],
  ] as const)('ends provisioning with %j as %s', (result, outcome) => {
    expect(entered(aJob({ state: 'ACQUIRING_CAPACITY' }), ['PROVISIONING_FAILED'], result)).toMatchObject({ outcome });
  });

  it('gives the limits back when the machines are gone, and not before', () => {
    const job = aJob({ state: 'DESTROYING', hold, outcome: 'SUCCEEDED' });
    expect(enter(job, newAttempt(job, hold, now), ['DONE'], undefined, now)).toMatchObject({ release: { jobId: job.jobId, hold, amounts: { nodes: 3 }, atMs: now }, attempt: { active: false } });
    const stuck = enter(job, newAttempt(job, hold, now), ['DESTRUCTION_FAILED'], undefined, now);
    expect(stuck?.release).toBeUndefined();
    expect(stuck).toMatchObject({ after: { hold }, attempt: { active: true } });
  });

  it('counts the TTL from CONFIGURING', () => {
    const change = enter(aJob({ state: 'ACQUIRING_CAPACITY' }), undefined, ['CONFIGURING'], undefined, now);
    expect(change?.after).toMatchObject({ configuringAtMs: now });
  });

  it('ends every non-terminal arrow with an outcome when the job is over', () => {
    fc.assert(
      fc.property(fc.constantFrom(...transitions), fc.constantFrom(...answerKinds), ({ from, to }, kind) => {
        fc.pre(to !== 'PENDING' && from !== 'PENDING');
        const job = aJob({ state: from });
        const after = entered(job, [to], { kind });
        if (to === 'DONE') return;
        const decided = ['PROVISIONING_FAILED', 'CONFIGURATION_FAILED', 'RUN_FAILED', 'POST_RUN_FAILED', 'DESTRUCTION_FAILED'];
        if (decided.includes(to)) expect(after.outcome).not.toBe('SUCCEEDED');
        if (decided.includes(to)) expect(outcomes).toContain(after.outcome);
      }),
    );
  });
});

describe('parking', () => {
  it('holds nothing while parked and everything in its turn', () => {
    const job = aJob({ state: 'ACQUIRING_CAPACITY', hold });
    const parked = park(job, 'token', epochMs(now + 1000), 'no capacity', now);
    expect(parked).toMatchObject({ after: { state: 'ACQUIRING_CAPACITY', parked: true }, release: { cause: 2, hold } });
    expect(parked.after.hold).toBeUndefined();
    if (parked.park === undefined) throw new Error('not parked');
    const turn = giveTurn(parked.after, parked.park, { 'Standard/spot': 12 }, now);
    expect(turn.after.hold).toMatchObject({ sinceMs: now, quotas: { 'Standard/spot': 12 } });
    expect(turn.park?.hold).toEqual(turn.after.hold);
  });

  it('releases nothing when a job that holds nothing ends', () => {
    const job = aJob({ state: 'ACQUIRING_CAPACITY' });
    expect(enter(job, newAttempt(job, hold, now), ['PROVISIONING_FAILED'], { kind: 'timedOut' }, now)?.release).toBeUndefined();
  });
});

describe('a new attempt', () => {
  const over = aJob({ state: 'DESTROYING', outcome: 'INTERRUPTED', hold, retry: { maxAttempts: 2, on: ['INTERRUPTED'] } });

  it('is wanted only within the policy, and never after a cancel', () => {
    expect(wantsRetry(over)).toBe(true);
    expect(wantsRetry({ ...over, attempt: 2 })).toBe(false);
    expect(wantsRetry({ ...over, outcome: 'FAILED' })).toBe(false);
    expect(wantsRetry({ ...over, cancelRequestedBy: 'ada' })).toBe(false);
    expect(wantsRetry({ ...over, reason: { code: 'LaunchRejected', message: 'You are not authorized.' } })).toBe(false);
  });

  it('ends the old attempt and queues the job in one change', () => {
    const change = retry(over, newAttempt(over, hold, now), now);
    expect(change).toMatchObject({
      after: { state: 'PENDING', attempt: 2 },
      attempt: { attempt: 1, state: 'DONE', outcome: 'INTERRUPTED', active: false },
      enqueue: { jobId: over.jobId, submittedAtMs: over.submittedAtMs },
      release: { attempt: 1 },
    });
    expect(change.after).not.toHaveProperty('outcome');
    expect(change.after).not.toHaveProperty('hold');
  });
});

describe('requests of users', () => {
  it.each(jobStates)('a cancel while %s ends, marks, or is refused', (state) => {
    const job = aJob({ state });
    if (state === 'DESTROYING' || isTerminal(state)) {
      expect(() => requestCancel(job, 'ada', now)).toThrow(/nothing left to cancel/);
      return;
    }
    const change = requestCancel(job, 'ada', now);
    expect(change).toMatchObject(
      state === 'PENDING' ? { after: { state: 'DONE', outcome: 'CANCELLED' }, dequeue: {} } : { after: { state, cancelRequestedBy: 'ada' } },
    );
  });

  it('answers a second cancel with already', () => {
    expect(requestCancel(aJob({ state: 'RUNNING', cancelRequestedBy: 'ada' }), 'bob', now)).toBe('already');
  });

  it('releases an interactive cluster only', () => {
    expect(() => requestRelease(aJob({ state: 'RUNNING' }), 'ada', now)).toThrow(/cancel it/);
    expect(requestRelease(aJob({ state: 'RUNNING', interactive: true }), 'ada', now)).toMatchObject({ after: { releaseRequestedBy: 'ada' } });
  });

  it('moves a waiting job in the queue and no other', () => {
    expect(setPriority(aJob(), 900, 'ada', now)).toMatchObject({ dequeue: { priority: 500 }, enqueue: { priority: 900 } });
    expect(() => setPriority(aJob({ state: 'RUNNING' }), 900, 'ada', now)).toThrow(/left it/);
  });
});

describe('any life', () => {
  type Move = (job: Job) => JobChange | undefined;
  const moves: readonly Move[] = [
    (job) => (job.state === 'PENDING' ? admit(job, {}, now) : undefined),
    (job) => (job.state === 'ACQUIRING_CAPACITY' && job.hold !== undefined ? park(job, 't', now, 'why', now) : undefined),
    (job) => {
      const change = isTerminal(job.state) || job.state === 'DESTROYING' ? 'already' : requestCancel(job, 'ada', now);
      return change === 'already' ? undefined : change;
    },
    ...transitions
      .filter(({ from, to }) => from !== 'PENDING' && to !== 'PENDING')
      .map(({ from, to }): Move => (job) => (job.state === from ? enter(job, newAttempt(job, hold, now), [to], { kind: 'failed' }, now) : undefined)),
    (job) => (job.state === 'DESTROYING' && wantsRetry(job) ? retry(job, newAttempt(job, hold, now), now) : undefined),
  ];

  it('follows the arrows, keeps its history whole, and releases exactly what it holds', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: moves.length - 1 }), { maxLength: 60 }), (choices) => {
        let job = aJob({ retry: { maxAttempts: 3, on: ['FAILED', 'CANCELLED'] } });
        let held = 0;
        const states: JobState[] = [job.state];
        for (const choice of choices) {
          const change = moves[choice]?.(job);
          if (change === undefined) continue;
          expect(change.events.map((e) => e.number)).toEqual(change.events.map((_, i) => job.eventCount + i + 1));
          if (change.release !== undefined) held -= 1;
          if (job.hold === undefined && change.after.hold !== undefined) held += 1;
          job = change.after;
          for (const event of change.events) if (event.to !== undefined) states.push(event.to);
          expect(held).toBe(job.hold === undefined ? 0 : 1);
        }
        expect(isPath(states)).toBe(true);
      }),
    );
  });
});
