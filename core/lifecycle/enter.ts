import { InvalidTransitionError } from '../errors/orchestrator-error.ts';
import { microUsd, type EpochMs } from '../job/ids.ts';
import type { Attempt, Job } from '../job/job.ts';
import { amend, releaseNote, type NewEvent } from './amend.ts';
import type { JobChange } from './change.ts';
import { conclude, type Verdict } from './conclude.ts';
import { isTerminal, type JobState } from './states.ts';
import type { TaskAnswer } from './task.ts';
import { transitions } from './transitions.ts';

interface Walk {
  readonly job: Job;
  readonly events: readonly NewEvent[];
}

function arrow(from: JobState, to: JobState): string {
  const found = transitions.find((t) => t.from === from && t.to === to);
  if (found === undefined) {
    throw new InvalidTransitionError(`A job cannot go from ${from} to ${to}.`, { from, to });
  }
  return found.because;
}

function step(walk: Walk, to: JobState, result: TaskAnswer | undefined, nowMs: EpochMs): Walk {
  const { job } = walk;
  const because = arrow(job.state, to);
  const verdict: Verdict = conclude(job, job.state, to, result);
  const news = verdict.reason !== undefined && verdict.reason !== job.reason ? verdict.reason.message : because;
  const { reason: _reason, parked: _parked, ...rest } = job;
  return {
    job: {
      ...rest,
      ...verdict,
      state: to,
      ...(to === 'CONFIGURING' ? { configuringAtMs: nowMs } : {}),
      ...(isTerminal(to) ? { endedAtMs: nowMs } : {}),
    },
    events: [
      ...walk.events,
      { type: 'StateChanged', message: news, from: job.state, to, ...(verdict.outcome === undefined ? {} : { data: { outcome: verdict.outcome } }) },
    ],
  };
}

/**
 * Moves a job along `path`, the states it enters one after the other, in one change. Answers `undefined` if the job is
 * at the end of the path already, which is how a task finds it that runs for the second time.
 * Limits are given back when the machines are gone: at PROVISIONING_FAILED and DONE, not at DESTRUCTION_FAILED.
 *
 * @throws InvalidTransitionError if the table has no such arrow.
 */
export function enter(
  job: Job,
  attempt: Attempt | undefined,
  path: readonly JobState[],
  result: TaskAnswer | undefined,
  nowMs: EpochMs,
): JobChange | undefined {
  const last = path.at(-1);
  if (last === undefined || job.state === last) return undefined;
  const walk = path.reduce((at, to) => step(at, to, result, nowMs), { job, events: [] } as Walk);
  const gone = last === 'DONE' || last === 'PROVISIONING_FAILED';
  const { hold: _hold, ...free } = walk.job;
  const change = amend(job, gone ? free : walk.job, walk.events, nowMs);
  return {
    ...change,
    ...(attempt !== undefined && isTerminal(last) ? { attempt: closeAttempt(attempt, change.after, gone, nowMs) } : {}),
    ...(gone ? releaseNote(job, change.after.eventCount, attempt?.costMicroUsd ?? microUsd(0), nowMs) : {}),
    ...(job.parked === true ? { unpark: true } : {}),
  };
}

/** An attempt's record as it ends: until then its state is its job's. */
export function closeAttempt(attempt: Attempt, job: Job, gone: boolean, nowMs: EpochMs): Attempt {
  return {
    ...attempt,
    state: job.state,
    ...(job.outcome === undefined ? {} : { outcome: job.outcome }),
    ...(job.reason === undefined ? {} : { reason: job.reason }),
    endedAtMs: nowMs,
    active: attempt.active && !gone,
  };
}
