import { expect, it } from '@jest/globals';
import type { AcquireResult, GangRequest, PoolRequest } from '../../../core/capacity/gang.ts';
import { scopeKey } from '../../../core/capacity/offering.ts';
import type { CapacityProvider } from '../../../core/ports/capacity-provider.ts';
import { aPool } from '../../builders/capacity.ts';
import { crashingPorts, type Crash } from '../../unit/core/capacity/crashing-port.ts';
import type { CapacityWorld } from './world.ts';

const never = async (): Promise<undefined> => undefined;
/** No work of these tests makes so many calls. */
const MOST_CALLS = 80;
const AT_ONCE = 8;
/** In the cloud that answers over HTTP a look at new machines takes a while, and there are many. */
const TIMEOUT_MS = 120_000;

/** What is tested, and new gangs of it. */
export interface CrashSuite {
  readonly world: () => CapacityWorld;
  readonly gangOf: (pools: readonly PoolRequest[], fields?: Partial<GangRequest>) => GangRequest;
}

/** What a capacity provider promises of a process that dies at any call to a port of it, whoever goes on. */
export function itOutlivesCrashes({ world, gangOf }: CrashSuite): void {
  const onDemand = (count: number): PoolRequest => aPool({ count, instanceTypes: ['m6i.large'], purchaseOption: 'OnDemand' });
  const instances = async (gang: GangRequest) => (await world().provider.describe(gang)).map(({ instanceId, state }) => ({ instanceId, lives: state === 'pending' || state === 'running' }));
  const living = async (gang: GangRequest) => (await instances(gang)).filter(({ lives }) => lives).map(({ instanceId }) => instanceId).toSorted();
  const idsOf = (result: AcquireResult) => (result.kind === 'acquired' ? result.nodes.map(({ instanceId }) => instanceId).toSorted() : [result.kind]);
  /** Does the work in a process that dies at a call; `false`: it makes no such call. */
  const dies = async (crash: Crash, work: (provider: CapacityProvider) => Promise<unknown>): Promise<boolean> =>
    work(world().around(crashingPorts([crash]))).then(() => false, (error: Error) => {
      if (error.name !== 'Died') throw error;
      return true;
    });
  /** Every crash in turn, until there is no such call; those of a batch at the same time. */
  const atEveryLine = async (crashAt: (crash: Crash) => Promise<boolean>, atOnce = AT_ONCE): Promise<number> => {
    for (let first = 1; first < MOST_CALLS; first += atOnce) {
      const calls = Array.from({ length: atOnce }, (_, index) => first + index);
      const died = await Promise.all(calls.flatMap((atCall) => (['before', 'after'] as const).map((when) => crashAt({ atCall, when }))));
      if (died.includes(false)) return first + died.indexOf(false) / 2;
    }
    throw new Error(`more than ${MOST_CALLS} calls`);
  };

  it('is whole, and has launched no machine twice, whatever line the process before has died at', async () => {
    await world().supply([['m6i.large', 'a', 'on-demand', 500], ['c6i.large', 'a', 'spot', 500]]);
    const calls = await atEveryLine(async (crash) => {
      const gang = gangOf([{ ...onDemand(1), pool: 'head' }, aPool({ count: 2 })]);
      const died = await dies(crash, async (provider) => provider.acquire(gang, never));
      const result = await world().provider.acquire(gang, never);
      expect(idsOf(result)).toEqual(await living(gang));
      expect(await instances(gang)).toHaveLength(3);
      await world().provider.release(gang);
      return died;
    });
    expect(calls).toBeGreaterThan(8);
  }, TIMEOUT_MS);

  it('is nothing where it stays short, whatever line the process before has died at', async () => {
    await world().supply([['m6i.xlarge', 'a', 'on-demand', 2]]);
    const calls = await atEveryLine(async (crash) => {
      const { cooldowns, clock } = world();
      await cooldowns.clear((await cooldowns.recent(clock.now())).map(({ scope }) => scopeKey(scope)));
      const gang = gangOf([{ ...onDemand(4), instanceTypes: ['m6i.xlarge'] }], { zones: ['us-east-1a'] });
      const died = await dies(crash, async (provider) => provider.acquire(gang, never));
      expect(await world().provider.acquire(gang, never)).toMatchObject({ kind: 'short' });
      expect(await living(gang)).toEqual([]);
      return died;
    }, 1);
    expect(calls).toBeGreaterThan(8);
  }, TIMEOUT_MS);

  it('is gone once it is released, whatever line the process before has died at', async () => {
    await world().supply([['m6i.large', 'a', 'on-demand', 500]]);
    await atEveryLine(async (crash) => {
      const gang = gangOf([onDemand(2)]);
      expect((await world().provider.acquire(gang, never)).kind).toBe('acquired');
      const died = await dies(crash, async (provider) => provider.release(gang));
      expect(await world().provider.release(gang)).toMatchObject({ remaining: 0 });
      expect(await living(gang)).toEqual([]);
      return died;
    });
  }, TIMEOUT_MS);

  it('is gone once it is released, whatever line the process that sought it has died at', async () => {
    await world().supply([['m6i.large', 'a', 'on-demand', 500]]);
    await atEveryLine(async (crash) => {
      const gang = gangOf([onDemand(2)]);
      const died = await dies(crash, async (provider) => provider.acquire(gang, never));
      expect(await world().provider.release(gang)).toMatchObject({ remaining: 0 });
      expect(await living(gang)).toEqual([]);
      return died;
    });
  }, TIMEOUT_MS);

  it('has one new machine for each that is replaced, whatever line the process before has died at', async () => {
    await world().supply([['m6i.large', 'a', 'on-demand', 500]]);
    await atEveryLine(async (crash) => {
      const gang = gangOf([onDemand(2)]);
      const acquired = await world().provider.acquire(gang, never);
      const [kept, lost] = acquired.kind === 'acquired' ? acquired.nodes : [];
      if (!kept || !lost) throw new Error('no gang');
      const died = await dies(crash, async (provider) => provider.replace(gang, [lost], never));
      const replaced = await world().provider.replace(gang, [lost], never);
      expect([kept.instanceId, ...idsOf(replaced)].toSorted()).toEqual(await living(gang));
      expect(await instances(gang)).toHaveLength(3);
      await world().provider.release(gang);
      return died;
    });
  }, TIMEOUT_MS);
}
