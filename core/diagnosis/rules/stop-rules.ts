import type { JobEvent } from '../../job/job.ts';
import { isTerminal } from '../../lifecycle/states.ts';
import type { Facts } from '../facts.ts';
import { latest, sentence, type Found, type Rule } from '../rule.ts';

/** Who or what stopped a job from outside. */
export const stopRules: readonly Rule[] = [
  { cause: 'Cancelled', certainty: 'certain', finds: cancelled },
  {
    cause: 'BeingCancelled', certainty: 'certain',
    finds: (facts) => {
      const { job: { cancelRequestedBy: by, state }, isDecided } = facts;
      if (by === undefined || isDecided || isTerminal(state)) return undefined;
      return { sentence: `${by} has asked to cancel it; it is ${state} and is being stopped.`, events: latest(facts, 'CancelRequested') };
    },
  },
  {
    cause: 'TtlExceeded', certainty: 'certain',
    finds: (facts) => {
      const { job, code, message } = facts;
      if (code !== 'TtlExceeded' && !(job.outcome === 'TIMED_OUT' && code !== 'StepTimedOut' && code !== 'CapacityTimeout')) return undefined;
      const said = code === 'TtlExceeded' ? message : `The TTL of ${job.ttlSeconds} s is over.`;
      const step = underWay(facts);
      const then = step === undefined ? '' : ` Its step ${step.message} had not ended.`;
      return { sentence: sentence(`${said}${then}`), events: [...(step === undefined ? [] : [step]), ...failing(facts)] };
    },
  },
];

function cancelled(facts: Facts): Found | undefined {
  const { job, events } = facts;
  if (job.outcome !== 'CANCELLED') return undefined;
  const asked = latest(facts, 'CancelRequested');
  const told = asked[0]?.data?.['by'];
  const by = job.cancelRequestedBy ?? (typeof told === 'string' ? told : 'a user');
  const before = events.findLast(({ type, number }) => type === 'StateChanged' && number < (asked[0]?.number ?? 0))?.to;
  const where = asked.length === 0 ? '' : ` while it was ${before ?? 'PENDING'}`;
  return { sentence: `${by} cancelled it${where}.`, events: asked };
}

/** The step that had begun and not ended as the job failed: its post-run comes after that. */
function underWay(facts: Facts): JobEvent | undefined {
  const end = failing(facts)[0]?.number ?? Number.POSITIVE_INFINITY;
  const last = facts.events.findLast(({ type, number }) => number < end && (type === 'StepStarted' || type === 'StepFinished'));
  return last?.type === 'StepStarted' ? last : undefined;
}

/** The change into the state that says that it failed. */
export const failing = ({ events }: Pick<Facts, 'events'>): readonly JobEvent[] =>
  events.filter(({ to }) => to === 'PROVISIONING_FAILED' || to === 'CONFIGURATION_FAILED' || to === 'RUN_FAILED' || to === 'POST_RUN_FAILED').slice(0, 1);
