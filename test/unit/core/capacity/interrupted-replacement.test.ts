import { describe, expect, it } from '@jest/globals';
import type { AcquireResult, Interruption } from '../../../../core/capacity/gang.ts';
import type { Node } from '../../../../core/job/job.ts';
import { aGang, aPool, ZONES } from '../../../builders/capacity.ts';
import { never } from './acquisition.ts';
import { aWorld, TYPES } from './law-world.ts';

const gang = aGang({ spread: 'Prefer', pools: [aPool({ pool: 'one', count: 2, instanceTypes: [...TYPES] }), aPool({ pool: 'two', count: 2, instanceTypes: [...TYPES] })] });
const stock = new Map(TYPES.flatMap((type) => ZONES.flatMap((zone) => ['spot', 'on-demand'].map((market) => [`${type}/${zone}/${market}`, 20] as const))));

function nodesOf(result: AcquireResult): readonly Node[] {
  if (result.kind !== 'acquired') throw new Error(`not acquired but ${result.kind}`);
  return result.nodes;
}

/** Replaces a node of each pool; the search is interrupted when asked for the n-th time. */
async function interruptedAt(question: number, by: Interruption) {
  const { provider, machines } = aWorld({ stock });
  const nodes = nodesOf(await provider.acquire(gang, never));
  const lost = nodes.filter(({ rank }) => rank === 1 || rank === 3);
  for (const { instanceId } of lost) machines.reclaim(instanceId);
  let asked = 0;
  const result = await provider.replace(gang, lost, async () => ((asked += 1) >= question ? by : undefined));
  const others = (await machines.describeAll()).length - (nodes.length - lost.length);
  return { result, others };
}

describe('a replacement that is interrupted', () => {
  it.each(['cancelled', 'timedOut'] as const)('because the job is %s gives up all that it launched, whenever that is', async (by) => {
    for (let question = 1; question <= 20; question += 1) {
      const { result, others } = await interruptedAt(question, by);
      if (result.kind === 'acquired') {
        expect([question > 3, others]).toEqual([true, 2]);
        return;
      }
      expect([result, others]).toEqual([{ kind: 'interrupted', by }, 0]);
    }
    throw new Error('it asks more often than it launches');
  });

  it('because the attempt went on without it gives up nothing: others may count on it', async () => {
    let most = 0;
    for (let question = 1; question <= 20; question += 1) {
      const { result, others } = await interruptedAt(question, 'superseded');
      most = Math.max(most, others);
      if (result.kind === 'acquired') break;
      expect(result).toEqual({ kind: 'interrupted', by: 'superseded' });
    }
    expect(most).toBe(2);
  });
});
