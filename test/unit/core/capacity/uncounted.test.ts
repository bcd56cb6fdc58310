import { describe, expect, it } from '@jest/globals';
import type { ProviderInstance } from '../../../../core/capacity/gang.ts';
import { offeringKey } from '../../../../core/capacity/offering.ts';
import type { EpochMs } from '../../../../core/job/ids.ts';
import { aDeployment, aGang, aPool } from '../../../builders/capacity.ts';
import { InMemoryMarketKnowledge } from '../../../fakes/in-memory-market-knowledge.ts';
import { aProvider, launchLines, never } from './acquisition.ts';

const settings = { launchTemplates: { x86_64: 'lt-x86' }, capacityReservations: ['cr-a'] };
const deployment = aDeployment({ namespaces: { '*': settings } });

/** Counts what runs anew whenever it is asked, as EC2 does once what it said before is too old. */
class CountingKnowledge extends InMemoryMarketKnowledge {
  running: () => Promise<readonly ProviderInstance[]> = async () => [];
  tick: () => EpochMs | undefined = () => undefined;

  override async freeAddresses(subnetIds: readonly string[]): ReturnType<InMemoryMarketKnowledge['freeAddresses']> {
    const countedAtMs = this.tick();
    const used = Map.groupBy(await this.running(), ({ zone }) => deployment.subnets[zone] ?? '');
    const known = new Map(subnetIds.map((id) => [id, 251 - (used.get(id)?.length ?? 0)]));
    return { known, ...(countedAtMs === undefined ? {} : { atMs: countedAtMs }) };
  }
}

describe('what a gang has launched', () => {
  it.each(['Single', 'Prefer'] as const)('takes its addresses once, though they are counted after it (%s)', async (spread) => {
    const knowledge = new CountingKnowledge();
    const { provider, machines, clock } = aProvider([['p4d.24xlarge', 'a', 'on-demand', 200], ['c6i.large', 'a', 'on-demand', 9], ['c6i.large', 'b', 'on-demand', 9]], undefined, { knowledge });
    knowledge.running = async () => machines.describeAll();
    knowledge.tick = () => {
      clock.advance(1);
      return clock.now();
    };
    const pools = [aPool({ pool: 'head', count: 1, purchaseOption: 'OnDemand' }), aPool({ count: 130, purchaseOption: 'OnDemand', instanceTypes: ['p4d.24xlarge'] })];
    expect(await provider.acquire(aGang({ spread, zones: ['us-east-1a'], pools }), never)).toMatchObject({ kind: 'acquired' });
    expect(machines.launches).toMatchObject([{ pool: 'workers', count: 130 }, { pool: 'head', count: 1 }]);
  });

  it('of a reservation is not there for its other pools, though the count is from before', async () => {
    const knowledge = new InMemoryMarketKnowledge();
    const { provider, machines, cooldowns, clock } = aProvider([['c6i.large', 'a', 'on-demand', 9]], undefined, { knowledge, deployment });
    machines.market.set(offeringKey({ instanceType: 'c6i.large', zone: 'us-east-1a', market: 'reserved' }), 4);
    knowledge.reserved = [{ reservationId: 'cr-a', instanceType: 'c6i.large', zone: 'us-east-1a', available: 4, total: 4, matching: 'targeted' }];
    knowledge.countedAtMs = clock.now();
    const pools = ['head', 'workers'].map((pool) => aPool({ pool, count: 3, purchaseOption: 'OnDemand' }));
    expect(await provider.acquire(aGang({ pools }), never)).toMatchObject({ kind: 'acquired' });
    expect(launchLines(provider)).toEqual(['head ≤3 reserved c6i.large a', 'workers 1 reserved c6i.large a', 'workers 2 on-demand c6i.large a']);
    expect(await cooldowns.active(clock.now())).toEqual([]);
  });
});
