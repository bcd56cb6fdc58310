import type { Market, QuotaKey } from '../job/job.ts';
import type { AccountQuotas } from '../ports/market-knowledge.ts';
import { quotaFamily } from './error-scope.ts';

/** A pool as the account's quotas count it. */
export interface QuotaNeed {
  readonly count: number;
  readonly mix: 'Any' | 'Same';
  readonly types: readonly { readonly instanceType: string; readonly vcpus: number }[];
  readonly markets: readonly Market[];
}

/** A quota that a pool may be counted against, and how many of its machines it holds when nothing else runs. */
export interface QuotaFit {
  readonly key: QuotaKey;
  readonly vcpus: number;
  /** vCPUs of the smallest type of the family. */
  readonly smallest: number;
  readonly most: number;
}

/** The quota of the account that a machine counts against. Reserved capacity counts as on-demand. */
export const quotaKey = (instanceType: string, market: Market): QuotaKey => `${quotaFamily(instanceType)}/${market === 'reserved' ? 'on-demand' : market}`;

/** The family and the market that a quota is of. */
export function quotaParts(key: QuotaKey): { readonly family: string; readonly market: 'spot' | 'on-demand' } {
  return { family: key.slice(0, key.lastIndexOf('/')), market: key.endsWith('/spot') ? 'spot' : 'on-demand' };
}

/** Each quota that a pool may use; `undefined` where one of them is not known, since it may hold any number. */
export function quotaFits({ types, markets }: QuotaNeed, quotas: AccountQuotas): readonly QuotaFit[] | undefined {
  const smallest = new Map<QuotaKey, number>();
  for (const { instanceType, vcpus } of types) {
    for (const market of markets) {
      const key = quotaKey(instanceType, market);
      smallest.set(key, Math.min(smallest.get(key) ?? Infinity, vcpus));
    }
  }
  const fits: QuotaFit[] = [];
  for (const [key, vcpus] of smallest) {
    const quota = quotas.get(key);
    if (quota === undefined || vcpus === 0) return undefined;
    fits.push({ key, vcpus: quota, smallest: vcpus, most: Math.floor(quota / vcpus) });
  }
  return fits;
}

/** Most machines of a pool that its quotas hold in all. A pool of one type may still be on two markets, but of one family. */
export function mostWithin({ mix }: Pick<QuotaNeed, 'mix'>, fits: readonly QuotaFit[]): number {
  if (mix === 'Any') return fits.reduce((sum, { most }) => sum + most, 0);
  const byFamily = new Map<string, number>();
  for (const { key, most } of fits) {
    const { family } = quotaParts(key);
    byFamily.set(family, (byFamily.get(family) ?? 0) + most);
  }
  return Math.max(0, ...byFamily.values());
}

/** A quota for people: `384 vCPUs of P on Spot`. */
export function quotaText({ key, vcpus }: Pick<QuotaFit, 'key' | 'vcpus'>): string {
  const { family, market } = quotaParts(key);
  return `${vcpus} vCPUs of ${family} ${market === 'spot' ? 'on Spot' : 'on demand'}`;
}
