import { marketsFor } from '../capacity/market-view.ts';
import { mostWithin, quotaFits, quotaText } from '../capacity/quota-fit.ts';
import type { QuotaFit } from '../capacity/quota-fit.ts';
import type { AccountQuotas } from '../ports/market-knowledge.ts';
import type { LocatedProblem } from './problems.ts';
import type { NodePool } from './schema.ts';

type QuotaProblem = Pick<LocatedProblem, 'code' | 'path' | 'message'> & { readonly value: number; readonly suggestion?: string };

/** A pool with the quotas that it may be counted against, all of them known. */
interface Counted {
  readonly pool: NodePool;
  readonly index: number;
  readonly fits: readonly QuotaFit[];
}

/**
 * Pools that the account's quotas never hold, even if nothing else ran: waiting does not cure that. A pool that may use
 * a quota that nobody knows is not looked at.
 */
export function checkQuotas(pools: readonly NodePool[], vcpusOf: (instanceType: string) => number | undefined, quotas: AccountQuotas): readonly QuotaProblem[] {
  const counted = pools.flatMap((pool, index): Counted[] => {
    const types = pool.instanceTypes.flatMap((instanceType) => {
      const vcpus = vcpusOf(instanceType);
      return vcpus === undefined ? [] : [{ instanceType, vcpus }];
    });
    const fits = quotaFits({ ...pool, types, markets: marketsFor(pool.purchaseOption) }, quotas);
    return fits === undefined || fits.length === 0 ? [] : [{ pool, index, fits }];
  });
  const alone = counted.flatMap(tooLarge);
  return alone.length > 0 ? alone : tooLargeTogether(counted);
}

function tooLarge({ pool, index, fits }: Counted): QuotaProblem[] {
  const most = mostWithin(pool, fits);
  if (pool.count <= most) return [];
  const smallest = Math.min(...fits.map((fit) => fit.smallest));
  const held = most === 0 ? 'not even one of them' : `at most ${most}`;
  const message = `asks for ${pool.count} ${pool.count === 1 ? 'node' : 'nodes'} of ${smallest} vCPUs or more; the account’s quotas hold ${held}, even with nothing else running: ${fits.map(quotaText).join(', ')}`;
  return [{ code: 'limit-exceeded', path: ['spec', 'nodePools', index, 'count'], message, value: pool.count, ...(most === 0 ? {} : { suggestion: String(most) }) }];
}

/** Pools that may use the quotas of one of them and no others: what they need at least is what these hold at most. */
function tooLargeTogether(counted: readonly Counted[]): QuotaProblem[] {
  for (const { fits } of counted) {
    const quotas = new Map(fits.map(({ key, vcpus }) => [key, vcpus]));
    const within = counted.filter((each) => each.fits.every(({ key }) => quotas.has(key)));
    const asked = within.reduce((sum, { pool, fits: own }) => sum + pool.count * Math.min(...own.map(({ smallest }) => smallest)), 0);
    const held = [...quotas.values()].reduce((sum, vcpus) => sum + vcpus, 0);
    if (within.length < 2 || asked <= held) continue;
    const names = within.map(({ pool }) => pool.name).join(', ');
    const message = `pools ${names} ask for ${asked} vCPUs or more together; the account’s quotas hold ${held}, even with nothing else running: ${fits.map(quotaText).join(', ')}`;
    return [{ code: 'limit-exceeded', path: ['spec', 'nodePools'], message, value: asked }];
  }
  return [];
}
