import { epochMs, isoTime } from '../../job/ids.ts';
import type { describeVerdict } from '../../scheduling/obstacle-text.ts';
import type { CauseCode } from '../causes/causes.ts';
import type { Facts } from '../facts.ts';
import { latest, sentence, type Found, type Rule } from '../rule.ts';

/** What holds a job in the queue, by what the scheduler calls it. */
export const causeOfObstacle: Readonly<Record<ReturnType<typeof describeVerdict>['code'], CauseCode>> = {
  LimitReached: 'WaitingForLimit',
  KeptForGuarantees: 'WaitingForGuarantees',
  TooLarge: 'TooLarge',
  QuotaReached: 'AccountQuota',
  CoolingDown: 'NoCapacity',
  BeingProbed: 'NoCapacity',
  Parked: 'NoCapacity',
  Paused: 'Paused',
  LaunchesInFlight: 'WaitingForLaunches',
  Reserved: 'WaitingBehindReservation',
  NotYetConsidered: 'StartsNext',
  Starts: 'StartsNext',
  Queued: 'WaitingForTurn',
};

/** The net under the scheduler is a schedule of a minute: whoever may start and has not after so long is not looked at. */
const SILENT_MS = 5 * 60_000;
/** Whoever enters the queue wakes it within seconds: after so long something is in the way; after two rounds of its schedule it does not run. */
const DUE_MS = 30_000;
const OVERDUE_MS = 150_000;

/** In the queue, or parked and in the queue’s order again. */
const isWaiting = ({ job, isDecided }: Facts): boolean => !isDecided && (job.state === 'PENDING' || (job.state === 'ACQUIRING_CAPACITY' && job.hold === undefined));

function waits(facts: Facts): Found {
  const { holding, job, events } = facts;
  const since = isoTime(job.queuedAtMs ?? job.submittedAtMs);
  const again = job.attempt === 1 ? '' : ` It is attempt ${job.attempt} of ${job.retry.maxAttempts}.`;
  return {
    sentence: `${sentence(holding?.message ?? 'It waits in the queue.')} It waits since ${since}.${again}`,
    events: [...events.filter(({ type }) => type === 'JobSubmitted'), ...latest(facts, 'PriorityChanged'), ...latest(facts, 'Parked')],
  };
}

/** Whether it may start, and has been in the queue for longer than that takes. */
function isLeft(facts: Facts): boolean {
  const { job, nowMs } = facts;
  return isFree(facts) && nowMs - (job.queuedAtMs ?? job.submittedAtMs) > SILENT_MS;
}

/** Whether it waits for nothing but the next cycle. */
function isFree({ job, holding, isDecided }: Facts): boolean {
  return job.state === 'PENDING' && !isDecided && (holding?.code === 'Starts' || holding?.code === 'NotYetConsidered');
}

/** That no scheduler has come for so long: since the job entered the queue, which wakes one, or since the last one. */
const isUnseen = (since: 'queued' | 'everybody', ms: number) => (facts: Facts): Found | undefined => {
  const { job, nowMs, scheduledAtMs } = facts;
  const queuedAtMs = job.queuedAtMs ?? job.submittedAtMs;
  if (scheduledAtMs === undefined || !isFree(facts) || nowMs - Math.max(scheduledAtMs, queuedAtMs) <= ms) return undefined;
  if (since === 'queued' && scheduledAtMs > queuedAtMs) return undefined;
  const { events } = waits(facts);
  return { sentence: `It may start, waits since ${isoTime(queuedAtMs)}, and no scheduler takes it: one was seen last at ${isoTime(epochMs(scheduledAtMs))}.`, ...(events === undefined ? {} : { events }) };
};

/** Whether no job of the whole deployment holds anything. */
const isIdle = ({ holding }: Facts): boolean => holding?.shares?.find(({ kind }) => kind === 'deployment')?.held.runningJobs === 0;

/** What holds a job back in the queue. */
export const waitingRules: readonly Rule[] = [
  { cause: 'SchedulerSilent', certainty: 'certain', finds: isUnseen('everybody', OVERDUE_MS) },
  { cause: 'SchedulerSilent', certainty: 'likely', finds: isUnseen('queued', DUE_MS) },
  // While others hold limits it may be free to start for a moment only.
  { cause: 'SchedulerSilent', certainty: 'likely', finds: (facts) => (isLeft(facts) && isIdle(facts) ? waits(facts) : undefined) },
  { cause: 'SchedulerSilent', certainty: 'possible', finds: (facts) => (isLeft(facts) ? waits(facts) : undefined) },
  ...Object.entries(causeOfObstacle)
    // What cools is told apart by what it is about, with the rules of capacity.
    .filter(([, cause]) => cause !== 'NoCapacity')
    .map(([code, cause]): Rule => ({
      cause, certainty: 'certain',
      ...(cause === 'StartsNext' ? { rank: 'general' } : {}),
      finds: (facts) => (isWaiting(facts) && facts.holding?.code === code ? waits(facts) : undefined),
    })),
];

/** In the queue, and nobody has said why. */
export const lastWaitingRule: Rule = {
  cause: 'WaitingForTurn', certainty: 'possible', rank: 'general',
  finds: (facts) => (facts.job.state === 'PENDING' && !facts.isDecided ? waits(facts) : undefined),
};
