import { limitedAmounts } from '../scheduling/amounts.ts';
import type { LimitedAmount } from '../scheduling/plan.ts';
import type { ShareAmounts } from './share-tree.ts';

const MICRO_USD = 1_000_000;

/** The name of an amount in documents, where money is in dollars. */
export const documentName = (amount: LimitedAmount): Exclude<LimitedAmount, 'microUsdPerHour'> | 'usdPerHour' => (amount === 'microUsdPerHour' ? 'usdPerHour' : amount);

/** The value of an amount in documents. */
export const documentValue = (amount: LimitedAmount, value: number): number => (amount === 'microUsdPerHour' ? value / MICRO_USD : value);

/** Amounts of a document as the scheduler counts them; reads what may not have been validated, and passes over what is no number. */
export function amountsOf(written: unknown): ShareAmounts {
  const amounts: { -readonly [Amount in LimitedAmount]?: number } = {};
  for (const amount of limitedAmounts) {
    const value = numberAt(written, documentName(amount));
    if (value !== undefined) amounts[amount] = amount === 'microUsdPerHour' ? Math.round(value * MICRO_USD) : value;
  }
  return amounts;
}

function numberAt(written: unknown, name: string): number | undefined {
  if (typeof written !== 'object' || written === null || !Object.hasOwn(written, name)) return undefined;
  const value: unknown = Reflect.get(written, name);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
