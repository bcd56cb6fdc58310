import type { JobEvent } from '../../job/job.ts';
import type { Facts } from '../facts.ts';
import { latest, sentence, type Found, type Rule } from '../rule.ts';

/** EC2 gives two minutes; what it took back is seen to be gone within a few more. */
const NOTICE_MS = 15 * 60_000;

const isLoss = ({ code, job }: Facts): boolean => code === 'NodeLost' || (code === '' && job.outcome === 'INTERRUPTED');
const lossEvents = (facts: Facts): readonly JobEvent[] => [...latest(facts, 'NodeInterrupted'), ...latest(facts, 'NodeLost')];

function loss(facts: Facts): Found {
  const [event] = latest(facts, 'NodeLost');
  return { sentence: sentence(facts.message === '' ? (event?.message ?? 'A node of it was lost.') : withoutTail(facts)), events: lossEvents(facts) };
}

/** The reason of a run that failed by a loss quotes what the step wrote last; that is shown by itself. */
function withoutTail({ message, failed }: Facts): string {
  return failed === undefined || failed.tail === '' ? message : message.replace(`: ${failed.tail}`, '.');
}

/** Notices of interruption of the minutes before nodes were gone. */
function notices({ events, nowMs }: Facts): readonly JobEvent[] {
  const lostAtMs = events.findLast(({ type }) => type === 'NodeLost')?.atMs ?? nowMs;
  return events.filter(({ type, data, atMs }) => type === 'NodeInterrupted' && data?.['kind'] === 'interruption' && atMs <= lostAtMs && lostAtMs - atMs <= NOTICE_MS);
}

/** Machines that hung and were terminated for it, in the minutes before nodes were gone, of which the loss names one. */
function hangs({ events, nowMs }: Facts, text: string): readonly JobEvent[] {
  const lostAtMs = events.findLast(({ type }) => type === 'NodeLost')?.atMs ?? nowMs;
  const isOfLoss = ({ data, atMs }: JobEvent): boolean => {
    const instances: unknown = data?.['kind'] === 'hung' ? data['instances'] : undefined;
    return Array.isArray(instances) && instances.some((id) => text.includes(String(id))) && atMs <= lostAtMs && lostAtMs - atMs <= NOTICE_MS;
  };
  return events.filter((event) => event.type === 'Reconciled' && isOfLoss(event)).slice(-1);
}

function hung(facts: Facts): Found | undefined {
  const [event] = isLoss(facts) ? hangs(facts, lossText(facts)) : [];
  return event && { sentence: sentence(event.message), events: [event, ...lossEvents(facts)] };
}

/** What is said of the loss: the reason, and the entry of the history. */
const lossText = (facts: Facts): string => [facts.message, ...latest(facts, 'NodeLost').map(({ message }) => message)].join(' ');

/** The node that a notice is about is named first in it. */
const isNamed = ({ message }: JobEvent, text: string): boolean => text.includes(`${message.slice(0, message.indexOf(':'))} (`);

function isSpotLoss(facts: Facts): boolean {
  const text = lossText(facts);
  return text.includes(', spot in ') && !text.includes(', on-demand in ') && !text.includes(', reserved in ');
}

const tookBack = (facts: Facts): Found => ({ sentence: sentence(`EC2 took back Spot machines: ${loss(facts).sentence}`), events: lossEvents(facts) });

/** What happened to the machines. */
export const nodeRules: readonly Rule[] = [
  {
    cause: 'NodeNeverCameUp', certainty: 'certain',
    finds: (facts) => (facts.code === 'NodeNeverCameUp' ? { sentence: sentence(facts.message), events: latest(facts, 'NodeReplaced') } : undefined),
  },
  {
    cause: 'TooManyLosses', certainty: 'certain',
    finds: (facts) => (isLoss(facts) && /goes on after \d+ losses at most|replacements have been tried/.test(facts.message) ? loss(facts) : undefined),
  },
  {
    cause: 'NodeNotReplaced', certainty: 'certain',
    finds: (facts) => (isLoss(facts) && facts.message.includes('could not be replaced') ? loss(facts) : undefined),
  },
  { cause: 'NodeHung', certainty: 'certain', finds: hung },
  {
    cause: 'SpotInterruption', certainty: 'certain',
    finds: (facts) => (isLoss(facts) && notices(facts).some((notice) => isNamed(notice, lossText(facts))) ? tookBack(facts) : undefined),
  },
  {
    // One notice of a minute is told for all machines of an offering.
    cause: 'SpotInterruption', certainty: 'likely',
    finds: (facts) => (isLoss(facts) && isSpotLoss(facts) && notices(facts).length > 0 ? tookBack(facts) : undefined),
  },
  {
    cause: 'SpotInterruption', certainty: 'possible',
    finds: (facts) => (isLoss(facts) && isSpotLoss(facts) ? { sentence: 'What was lost were Spot machines; EC2 may have taken them back without its notice being heard.', events: lossEvents(facts) } : undefined),
  },
  { cause: 'NodeLost', certainty: 'certain', rank: 'general', finds: (facts) => (isLoss(facts) ? loss(facts) : undefined) },
];

const wereLeft = ({ job, code }: Facts): boolean => job.state === 'DESTRUCTION_FAILED' || code === 'InstancesRemain';

const remain = (facts: Facts): Found | undefined => {
  if (!wereLeft(facts) || latest(facts, 'NodesGone').length > 0) return undefined;
  const there = facts.nodes.filter(({ goneAtMs }) => goneAtMs === undefined).length;
  const howMany = there === 0 ? 'Machines of it' : `${there} of its ${facts.nodes.length} machines`;
  return { sentence: `${howMany} are not known to be gone, after six tries to end them.`, events: facts.events.filter(({ to }) => to === 'DESTRUCTION_FAILED').slice(-1) };
};

const wentWell = ({ job: { outcome } }: Facts): boolean => outcome === undefined || outcome === 'SUCCEEDED';

/** What is left of the machines once all is over: beside what the job failed for, or all that there is to say. */
export const teardownRules: readonly Rule[] = [
  { cause: 'MachinesLeft', certainty: 'certain', finds: (facts) => (wentWell(facts) || facts.code === 'InstancesRemain' ? remain(facts) : undefined) },
  { cause: 'MachinesLeft', certainty: 'certain', rank: 'beside', finds: remain },
  {
    cause: 'MachinesGoneLate', certainty: 'certain', rank: 'general',
    finds: (facts) => {
      const gone = latest(facts, 'NodesGone');
      return wereLeft(facts) && gone.length > 0 && (wentWell(facts) || facts.code === 'InstancesRemain') ? { sentence: 'Its machines went later than they should have, and are gone now.', events: gone } : undefined;
    },
  },
];
