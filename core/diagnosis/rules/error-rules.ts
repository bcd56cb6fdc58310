import type { JobEvent } from '../../job/job.ts';
import type { Facts } from '../facts.ts';
import { latest, sentence, type Found, type Rule } from '../rule.ts';
import { failing } from './stop-rules.ts';

const THROTTLED = /Throttl|TooManyRequests|RequestLimitExceeded|ProvisionedThroughputExceeded|Rate exceeded|LimitExceededException|slow down|asks for patience/i;

/** A message of AWS may quote a whole request. */
const MOST_CHARACTERS = 300;

const events = (facts: Facts): readonly JobEvent[] => [...latest(facts, 'Reconciled'), ...failing(facts)];
const died = (text: string) => (facts: Facts): Found => ({ sentence: sentence(`${text}${facts.message === '' ? '' : `: ${facts.message}`}`), events: events(facts) });

const caught = (facts: Facts, text: string): Found => {
  const { name = '', message = '' } = facts.caught ?? {};
  return { sentence: sentence(`${text}: ${name}${message === '' || message === name ? '' : `: ${message.slice(0, MOST_CHARACTERS)}`}`), events: events(facts) };
};

/** What ended an attempt in place of an answer. */
export const errorRules: readonly Rule[] = [
  {
    cause: 'DependencyThrottled', certainty: 'certain',
    finds: (facts) => (facts.caught !== undefined && THROTTLED.test(`${facts.caught.name} ${facts.caught.message}`) ? caught(facts, 'A service of AWS asked for fewer calls until a task gave up') : undefined),
  },
  { cause: 'DeploymentIncomplete', certainty: 'certain', finds: (facts) => (facts.caught?.name === 'ConfigurationError' ? caught(facts, 'The deployment lacks something') : undefined) },
  {
    cause: 'ExecutionDied', certainty: 'certain',
    finds: (facts) => (facts.code === 'ExecutionDied' || facts.code === 'AttemptWentOn' ? { sentence: sentence(facts.message), events: events(facts) } : undefined),
  },
  { cause: 'JobGone', certainty: 'certain', finds: (facts) => (facts.code === 'JobGone' ? died('A task of it found nothing')(facts) : undefined) },
  { cause: 'InternalFailure', certainty: 'certain', rank: 'general', finds: (facts) => (facts.caught === undefined ? undefined : caught(facts, 'An error that nobody foresaw ended the attempt')) },
];
