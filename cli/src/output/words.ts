import type { Job, JobState, Outcome } from '@advanced-orchestrator/sdk';
import type { Colours } from '../session.ts';

/** A length of time in the largest unit that says something: `45s`, `12m`, `3h`, `5d`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

/** A time to the second, as every command reads it too. */
export const time = (iso: string): string => iso.replace(/\.\d+Z$/, 'Z');

export const usd = (amount: number): string => `${amount.toFixed(amount < 0.1 && amount > 0 ? 4 : 2)} USD`;

export function count(amount: number, noun: string, nouns = `${noun}s`): string {
  return `${amount} ${amount === 1 ? noun : nouns}`;
}

const bad: readonly JobState[] = ['PROVISIONING_FAILED', 'CONFIGURATION_FAILED', 'RUN_FAILED', 'POST_RUN_FAILED', 'DESTRUCTION_FAILED'];

export function colouredState(colours: Colours, state: JobState): string {
  if (bad.includes(state)) return colours.red(state);
  if (state === 'RUNNING' || state === 'SUCCEEDED') return colours.green(state);
  return state === 'DONE' ? state : colours.cyan(state);
}

export function colouredOutcome(colours: Colours, outcome: Outcome | undefined): string {
  if (outcome === undefined) return '';
  return outcome === 'SUCCEEDED' ? colours.green(outcome) : outcome === 'CANCELLED' ? colours.yellow(outcome) : colours.red(outcome);
}

/** `DONE SUCCEEDED`: where a job is and, once that is decided, how it went. */
export function standing(colours: Colours, { state, outcome }: Pick<Job, 'state' | 'outcome'>): string {
  return [colouredState(colours, state), colouredOutcome(colours, outcome)].filter((word) => word !== '').join(' ');
}
