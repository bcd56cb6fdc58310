import { DependencyThrottledError } from '../../../core/errors/orchestrator-error.ts';
import { isThrottlingName } from '../throttling.ts';

const conflicts: ReadonlySet<string> = new Set(['TransactionConflict', 'TransactionConflictException']);

/**
 * DynamoDB cancelled a transaction: nothing of it was written. `failed` are the positions of the actions whose
 * condition did not hold, or that another transaction was working on until the retries were used up.
 */
export class TransactionRefused extends Error {
  override readonly name = 'TransactionRefused';
  readonly failed: ReadonlySet<number>;
  readonly #reason: 'condition' | 'conflict';

  constructor(failed: ReadonlySet<number>, cause: unknown, reason: 'condition' | 'conflict' = 'condition') {
    super(`The transaction was cancelled at action ${[...failed].join(', ')}.`, { cause });
    this.failed = failed;
    this.#reason = reason;
  }

  /** Whether the condition of the action at this position does not hold. */
  isUnmet(position: number): boolean {
    return this.#reason === 'condition' && this.failed.has(position);
  }
}

/** What stands in the way of a write. `clash`: nothing was written and the very same call may succeed in a moment. */
export type Refusal =
  | { readonly kind: 'condition'; readonly failed: ReadonlySet<number> }
  | { readonly kind: 'clash'; readonly failed: ReadonlySet<number>; readonly throttled: boolean };

/** Reads an error of the client; `undefined` for what is no refusal but a fault. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'TransactionCanceledException') return cancellation(reasonCodes(error));
  if (error.name === 'ConditionalCheckFailedException') return { kind: 'condition', failed: new Set([0]) };
  const isThrottled = isThrottlingName(error.name);
  return isThrottled || conflicts.has(error.name) ? { kind: 'clash', failed: new Set([0]), throttled: isThrottled } : undefined;
}

function reasonCodes(error: Error): readonly string[] {
  const reasons: unknown = 'CancellationReasons' in error ? error.CancellationReasons : undefined;
  if (!Array.isArray(reasons)) return [];
  return reasons.map((reason: { readonly Code?: string } | undefined) => reason?.Code ?? 'None');
}

function cancellation(codes: readonly string[]): Refusal | undefined {
  const where = (matches: (code: string) => boolean): ReadonlySet<number> => new Set([...codes.keys()].filter((i) => matches(codes[i] ?? 'None')));
  const conditions = where((code) => code === 'ConditionalCheckFailed');
  if (conditions.size > 0) return { kind: 'condition', failed: conditions };
  const clashes = where((code) => isThrottlingName(code) || conflicts.has(code));
  if (clashes.size === 0) return undefined;
  return { kind: 'clash', failed: clashes, throttled: codes.some((code) => isThrottlingName(code)) };
}

/** What a clash becomes when patience is at an end. */
export const throttled = (cause: unknown): DependencyThrottledError => new DependencyThrottledError('DynamoDB asks to slow down.', {}, { cause });

/** Whether a call of the table that failed so wrote nothing, for certain. */
export const isRefused = (error: unknown): boolean => error instanceof TransactionRefused || error instanceof DependencyThrottledError;

/** Whether a call that failed so may have gone through: its answer was lost, or DynamoDB failed by itself. */
export function isUnclear(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'TimeoutError' || ('$fault' in error && error.$fault === 'server');
}
