import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { AcquireResult, GangRequest, ProviderInstance } from '../../../../core/capacity/gang.ts';
import type { InMemoryMachines } from '../../../fakes/in-memory-machines.ts';
import { never } from './acquisition.ts';
import { crashingPorts, type Crash } from './crashing-port.ts';
import { aWorld, gangs, insist, stocks } from './law-world.ts';

const crashes: fc.Arbitrary<Crash[]> = fc.array(fc.record({ atCall: fc.integer({ min: 1, max: 80 }), when: fc.constantFrom('before', 'after') }), { maxLength: 8 });
/** How many machines are dead at each look whether all are there. */
const deaths = fc.array(fc.nat(3), { maxLength: 4 });

function byPool(instances: readonly ProviderInstance[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { pool = '' } of instances) counts[pool] = (counts[pool] ?? 0) + 1;
  return counts;
}

const wantedOf = ({ pools }: GangRequest): Record<string, number> => Object.fromEntries(pools.map(({ pool, count }) => [pool, count]));

/** Pools of which more than was asked for is there. */
function excess(gang: GangRequest, instances: readonly ProviderInstance[]): readonly string[] {
  const [wanted, there] = [wantedOf(gang), byPool(instances)];
  return Object.keys(there).filter((pool) => (there[pool] ?? 0) > (wanted[pool] ?? 0));
}

/** At each look whether all machines are there, so many of them are found dead. */
function letDie(machines: InMemoryMachines, dying: readonly number[]): void {
  const left = [...dying];
  const awaitVisible = machines.awaitVisible.bind(machines);
  machines.awaitVisible = async (attempt, instances) => {
    await machines.terminate(instances.slice(0, left.shift() ?? 0));
    return awaitVisible(attempt, instances);
  };
}

function expectTogether(gang: GangRequest, running: readonly ProviderInstance[]): void {
  if (gang.spread === 'Single') expect(new Set(running.map(({ zone }) => zone)).size).toBe(1);
  for (const same of gang.pools.filter(({ mix }) => mix === 'Same')) {
    expect(new Set(running.filter(({ pool }) => pool === same.pool).map(({ instanceType }) => instanceType)).size).toBe(1);
  }
}

const idsOf = (instances: readonly { readonly instanceId: string }[]): string[] => instances.map(({ instanceId }) => instanceId).toSorted();

describe('a gang, wherever processes and machines die', () => {
  it('is there whole or not at all, together as asked, and at no moment is more of it there than was asked for', async () => {
    const run = async (gang: GangRequest, stock: ReadonlyMap<string, number>, crash: readonly Crash[], dying: readonly number[]): Promise<AcquireResult> => {
      const tooMany: string[] = [];
      const world = aWorld({ stock, around: crashingPorts(crash, async () => void tooMany.push(...excess(gang, await world.machines.running(gang)))) });
      letDie(world.machines, dying);
      const result = await insist(async () => world.provider.acquire(gang, never));
      const running = await world.machines.running(gang);
      expect(tooMany).toEqual([]);
      expect(byPool(running)).toEqual(result.kind === 'acquired' ? wantedOf(gang) : {});
      if (result.kind !== 'acquired') return result;
      expect(idsOf(result.nodes)).toEqual(idsOf(running));
      expectTogether(gang, running);
      return result;
    };
    await fc.assert(fc.asyncProperty(gangs, stocks, crashes, deaths, async (gang, stock, crash, dying) => void (await run(gang, stock, crash, dying))), { numRuns: 400 });
  });

  it('is gone after its release, wherever that dies', async () => {
    await fc.assert(
      fc.asyncProperty(gangs, stocks, crashes, async (gang, stock, crash) => {
        const world = aWorld({ stock, around: crashingPorts(crash) });
        await world.provider.acquire(gang, never).catch(() => undefined);
        let remaining = 1;
        for (let tries = 0; tries < 20 && remaining > 0; tries++) remaining = await world.provider.release(gang).then((released) => released.remaining, () => 1);
        expect(remaining).toBe(0);
        expect(await world.machines.running(gang)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
