import { isTerminal, type JobState } from '../../lifecycle/states.ts';
import type { CauseCode } from '../causes/causes.ts';
import { causes } from '../causes/causes.ts';
import type { Facts } from '../facts.ts';
import { latest, sentence, type Found, type Rule } from '../rule.ts';

/** A rule for what is so in certain states, said as `explain` says it. */
const inStates = (cause: CauseCode, states: readonly JobState[], when: (facts: Facts) => boolean): Rule => ({
  cause, certainty: 'certain', rank: 'general',
  finds: (facts) => (states.includes(facts.job.state) && when(facts) ? asItIs(cause, facts) : undefined),
});

function asItIs(cause: CauseCode, facts: Facts): Found {
  return { sentence: sentence(facts.holding?.message ?? causes[cause].means), events: [...latest(facts, 'StateChanged'), ...latest(facts, 'StepStarted', 'NodesOnline', 'CapacityAcquired')] };
}

const isOpen = ({ isDecided }: Facts): boolean => !isDecided;

function ended(facts: Facts): Found {
  const { job } = facts;
  const code = job.exitCode === undefined ? '' : `; its last step exited with ${job.exitCode}`;
  const after = job.attempt === 1 ? '' : `, in attempt ${job.attempt}`;
  return { sentence: `It ended well${after}${code}.`, events: latest(facts, 'StateChanged') };
}

const hasSucceeded = ({ job }: Facts): boolean => isTerminal(job.state) && job.outcome === 'SUCCEEDED';

/** How a job stands with which nothing is amiss. */
export const progressRules: readonly Rule[] = [
  inStates('LookingForMachines', ['ACQUIRING_CAPACITY'], isOpen),
  inStates('ComingUp', ['CONFIGURING'], isOpen),
  inStates('AwaitingRelease', ['RUNNING'], (facts) => isOpen(facts) && facts.job.interactive && facts.job.releaseRequestedBy === undefined),
  inStates('Running', ['RUNNING'], isOpen),
  inStates('Finishing', ['SUCCEEDED', 'POST_RUN', 'DESTROYING'], isOpen),
  { cause: 'Finishing', certainty: 'certain', rank: 'general', finds: (facts) => (!isTerminal(facts.job.state) && facts.job.outcome === 'SUCCEEDED' ? asItIs('Finishing', facts) : undefined) },
  {
    cause: 'Released', certainty: 'certain', rank: 'general',
    finds: (facts) => {
      const by = facts.job.releaseRequestedBy;
      return hasSucceeded(facts) && by !== undefined ? { sentence: `It was an interactive cluster, and ${by} released it.`, events: latest(facts, 'ReleaseRequested') } : undefined;
    },
  },
  { cause: 'Succeeded', certainty: 'certain', rank: 'general', finds: (facts) => (hasSucceeded(facts) ? ended(facts) : undefined) },
];

/** What is left when nothing else fits. */
export const lastRule: Rule = {
  cause: 'Unexplained', certainty: 'possible', rank: 'general',
  finds: (facts) => ({ sentence: sentence(facts.message === '' ? causes.Unexplained.means : facts.message), events: facts.events.slice(-3) }),
};
