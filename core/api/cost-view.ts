import * as z from 'zod';
import { nodeHours, totalCost } from '../cost/pool-cost.ts';
import { microUsd } from '../job/ids.ts';
import type { PoolCost } from '../job/job.ts';
import { usd, usdField } from './fields.ts';

const amounts = {
  nodes: z.int().meta({ description: 'Machines, those that were replaced and those of earlier attempts included.' }),
  nodeHours: z.number().nonnegative().meta({ description: 'Hours of all of them together, as they are billed.' }),
  usd: usdField,
  savedUsd: usdField.meta({ description: 'What the same hours would have cost more on demand.' }),
};

const poolCostSchema = z
  .object({ pool: z.string(), market: z.enum(['spot', 'on-demand', 'reserved']), ...amounts })
  .meta({ id: 'PoolCost', description: 'What the machines of a pool cost on one market.' });

export const costSchema = z
  .object({ ...amounts, byPool: z.array(poolCostSchema) })
  .meta({ id: 'JobCost', description: 'What machines cost at list price: volumes, traffic, discounts and taxes are not in it. In listings that of attempts whose machines are gone, of one job that of all attempts so far.' });

export type CostView = z.output<typeof costSchema>;

/** @param besides millionths of a US dollar of which nothing more is known */
export function viewCost(pools: readonly PoolCost[], besides = 0): CostView {
  const total = totalCost(pools);
  return { ...viewAmounts({ ...total, microUsd: microUsd(total.microUsd + besides) }), byPool: pools.map((part) => ({ pool: part.pool, market: part.market, ...viewAmounts(part) })) };
}

function viewAmounts(amount: Omit<PoolCost, 'pool' | 'market'>): Omit<CostView, 'byPool'> {
  return { nodes: amount.nodes, nodeHours: nodeHours(amount), usd: usd(amount.microUsd), savedUsd: usd(amount.savedMicroUsd) };
}
