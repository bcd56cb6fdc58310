import type { Outcome } from '../lifecycle/states.ts';

/** Outcomes after which a job may run again. */
export const RETRYABLE_OUTCOMES = ['INTERRUPTED', 'FAILED', 'TIMED_OUT', 'NO_CAPACITY'] as const satisfies readonly Outcome[];

type Retryable = (typeof RETRYABLE_OUTCOMES)[number];

/** What a manifest says of another attempt. */
export interface WrittenRetry {
  readonly retry: { readonly maxAttempts?: number; readonly on?: readonly Retryable[] };
  readonly onNodeLoss: 'Fail' | 'Replace' | 'Requeue';
}

/** Attempts in all of a job that asks for `Requeue` and says no more. */
const REQUEUE_ATTEMPTS = 3;

/**
 * How often a job runs, and after which outcomes again. `Requeue` is a policy of its own: it makes INTERRUPTED count,
 * whatever else does, and alone it gives three attempts, to losses of nodes only: a job that fails by itself is not run
 * three times because it may lose a node. A number of attempts that is written holds.
 */
export function retryPolicy({ retry: { maxAttempts, on }, onNodeLoss }: WrittenRetry): { readonly maxAttempts: number; readonly on: Retryable[] } {
  if (onNodeLoss !== 'Requeue') return { maxAttempts: maxAttempts ?? 1, on: [...(on ?? RETRYABLE_OUTCOMES)] };
  const named: readonly Retryable[] = on ?? (maxAttempts === undefined ? [] : RETRYABLE_OUTCOMES);
  return { maxAttempts: maxAttempts ?? REQUEUE_ATTEMPTS, on: named.includes('INTERRUPTED') ? [...named] : ['INTERRUPTED', ...named] };
}
