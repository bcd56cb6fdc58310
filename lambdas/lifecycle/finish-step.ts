import { VersionConflictError } from '../../core/errors/orchestrator-error.ts';
import { epochMs, type EpochMs } from '../../core/job/ids.ts';
import type { SchedulerReport } from '../../core/job/job.ts';
import { amend, type NewEvent } from '../../core/lifecycle/amend.ts';
import type { TaskAnswer } from '../../core/lifecycle/task.ts';
import type { StepRecord } from '../../core/lifecycle/wait.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { FailedNode } from '../../core/runtimes/step-result.ts';
import type { RunsData } from '../../core/trace/told-runs.ts';
import { isFor, type AnswerPorts } from './answer-wait.ts';

export interface FinishPorts extends AnswerPorts {
  readonly clock: Clock;
}

/** What is said of the end of a step beside its exit code. */
export interface Said {
  /** For the history. */
  readonly note?: string;
  /** For the history and the job. */
  readonly scheduler?: SchedulerReport;
  /** For the history: where it ended badly. */
  readonly failed?: readonly FailedNode[];
  /** For the history: how it went on each node. */
  readonly nodeRuns?: RunsData;
}

/** The record of a step that is over. */
export type EndedStep = StepRecord & Required<Pick<StepRecord, 'answer'>>;

/** A thousand nodes may fail together. */
const MOST_FAILED = 10;
/** While somebody waits for a step its end is among the last entries, or the next steps of a round are. */
const LATEST_EVENTS = 100;
/** As many as `changeJob` makes. */
const MOST_TRIES = 8;

export function isEnded(record: StepRecord): record is EndedStep {
  return record.answer !== undefined;
}

/**
 * Ends a step with `answer`: record, history, token, in this order, so that a lost answer can be given again, and nobody
 * goes on from a step of which the history does not have the end. Each is done once if nobody dies, and at least once if
 * somebody does. Where somebody else has ended it meanwhile, that is its answer.
 */
export async function finishStep(ports: FinishPorts, record: StepRecord, answer: TaskAnswer, said: Said = {}): Promise<void> {
  const ended = { ...record, answer, finishedAtMs: ports.clock.now(), ...(answer.exitCode === undefined ? {} : { exitCode: answer.exitCode }) };
  if (await ports.attempts.updateStep(ended)) {
    await tell(ports, ended, async () => said, true);
    return;
  }
  const known = await ports.attempts.step(record.jobId, record.attempt, record.step);
  // A write whose answer was lost is sent again, and refused: then it was this one.
  if (known !== undefined && isEnded(known)) await tellEnd(ports, known, async () => (known.answer.kind === answer.kind ? said : {}));
}

/**
 * Does for a step that has ended what whoever ended it may have died before, where somebody waits for it still.
 *
 * @param said asked only where the history lacks the step's end
 * @param answer in place of the step's own
 */
export async function tellEnd(ports: FinishPorts, ended: EndedStep, said: () => Promise<Said>, answer = ended.answer): Promise<void> {
  await tell(ports, ended, said, false, answer);
}

async function tell(ports: FinishPorts, ended: EndedStep, said: () => Promise<Said>, isFirst: boolean, answer = ended.answer): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const { job, wait } = await ports.jobs.getWithWait(ended.jobId);
    const isAwaited = wait !== undefined && isFor(wait, ended);
    if (job?.attempt !== ended.attempt || !(isFirst || isAwaited)) return;
    const { left, finishedAtMs = ended.startedAtMs } = ended;
    // Who tells it in place of the first changes the job later than the step ended: the first reads no history of one that was not.
    const isSurelyUntold = isFirst && tries === 1 && job.updatedAtMs <= finishedAtMs;
    const isTold = !isSurelyUntold && (left === true || (await isInHistory(ports, ended)));
    if (!isTold) {
      const atMs = isFirst ? finishedAtMs : later(ports.clock.now(), finishedAtMs);
      const more = await said();
      const next = more.scheduler === undefined ? job : { ...job, scheduler: more.scheduler };
      try {
        await ports.jobs.commit(amend(job, next, [endOf(ended, more)], atMs));
      } catch (error) {
        // It may have been told by others meanwhile.
        if (error instanceof VersionConflictError && tries < MOST_TRIES) continue;
        throw error;
      }
    }
    // A wait that replaced this one is of a task that runs again: it finds the record ended.
    if (isAwaited) await ports.tokens.answer(wait.token, answer);
    return;
  }
}

const later = (nowMs: EpochMs, finishedAtMs: EpochMs): EpochMs => epochMs(Math.max(nowMs, finishedAtMs + 1));

async function isInHistory({ jobs }: FinishPorts, { jobId, attempt, step }: EndedStep): Promise<boolean> {
  const latest = await jobs.latestEvents(jobId, LATEST_EVENTS);
  return latest.some((event) => event.type === 'StepFinished' && event.attempt === attempt && event.data?.['step'] === step);
}

function endOf({ step, name, answer }: EndedStep, { note, scheduler, failed = [], nodeRuns }: Said): NewEvent {
  const message = answer.reason?.message ?? `${name} exited with 0${note === undefined ? '' : ` (${note})`}`;
  const data = {
    step, name, kind: answer.kind, exitCode: answer.exitCode ?? null,
    ...(scheduler !== undefined && { scheduler }), ...failedData(failed), ...(nodeRuns !== undefined && { nodeRuns }),
  };
  return { type: 'StepFinished', message, data };
}

function failedData(failed: readonly FailedNode[]): { readonly failed?: readonly string[]; readonly failedCount?: number } {
  return failed.length === 0 ? {} : { failed: failed.slice(0, MOST_FAILED).map(({ node }) => node), failedCount: failed.length };
}
