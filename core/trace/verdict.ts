import { outcomes, type Outcome } from '../lifecycle/states.ts';
import type { TracedEvent } from './traced.ts';

/** The outcome that an entry of the history tells. */
export function outcomeIn({ data }: Pick<TracedEvent, 'data'>): Outcome | undefined {
  return outcomes.find((outcome) => outcome === data?.['outcome']);
}

/** Whether something went wrong. Who cancels a job has what was wanted. */
export function isFailure(outcome: Outcome | undefined): boolean {
  return outcome !== undefined && outcome !== 'SUCCEEDED' && outcome !== 'CANCELLED';
}

/**
 * Why the state that an entry leads out of failed; `undefined` where it did not. The first failure decides an outcome, which
 * entries repeat from then on: what comes after that fails by itself only where the state says so.
 */
export function failedBy(event: Pick<TracedEvent, 'to' | 'data' | 'message'>, decided: Outcome | undefined): string | undefined {
  const outcome = outcomeIn(event);
  const failed = event.to === 'POST_RUN_FAILED' || event.to === 'DESTRUCTION_FAILED' || (decided === undefined && isFailure(outcome));
  return failed ? event.message : undefined;
}
