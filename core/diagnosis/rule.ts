import type { JobEvent } from '../job/job.ts';
import type { CauseCode } from './causes/causes.ts';
import type { Certainty } from './diagnosis.ts';
import type { Facts } from './facts.ts';

/** What a rule has found: what happened to this job, and the entries of its history that say so. */
export interface Found {
  readonly sentence: string;
  readonly events?: readonly JobEvent[];
}

/** One way to tell a cause. */
export interface Rule {
  readonly cause: CauseCode;
  readonly certainty: Certainty;
  /**
   * `general`: what is so in any case, and is the diagnosis only where no other that is at least likely says why. `beside`: what
   * is told with whatever the diagnosis is. Absent: a cause of its own.
   */
  readonly rank?: 'general' | 'beside';
  finds(facts: Facts): Found | undefined;
}

/** The latest entry of a type, as a list. */
export const latest = ({ events }: Pick<Facts, 'events'>, ...types: readonly JobEvent['type'][]): readonly JobEvent[] => events.filter(({ type }) => types.includes(type)).slice(-1);

/** A text as a sentence of one line. */
export function sentence(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line === '' || /[.!?]$/.test(line) ? line : `${line}.`;
}
