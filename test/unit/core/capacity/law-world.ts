import * as fc from 'fast-check';
import type { GangRequest, PoolRequest } from '../../../../core/capacity/gang.ts';
import { GangAcquirer } from '../../../../core/capacity/gang-acquirer.ts';
import type { CapacityPorts } from '../../../../core/capacity/launcher.ts';
import type { Offering } from '../../../../core/capacity/offering.ts';
import { offeringKey } from '../../../../core/capacity/offering.ts';
import type { Deployment } from '../../../../core/deployment/deployment.ts';
import type { CapacityReservation } from '../../../../core/ports/market-knowledge.ts';
import type { Market } from '../../../../core/job/job.ts';
import type { AcquireResult } from '../../../../core/capacity/gang.ts';
import { aDeployment, aGang, aPool, ManualClock, silentLog, someFacts, ZONES } from '../../../builders/capacity.ts';
import { InMemoryAttemptStore } from '../../../fakes/in-memory-attempt-store.ts';
import { InMemoryCooldownStore } from '../../../fakes/in-memory-cooldown-store.ts';
import { InMemoryInstanceCatalogue } from '../../../fakes/in-memory-instance-catalogue.ts';
import { InMemoryMachines } from '../../../fakes/in-memory-machines.ts';
import { InMemoryMarketKnowledge } from '../../../fakes/in-memory-market-knowledge.ts';
import { InMemoryTable } from '../../../fakes/in-memory-table.ts';

export const TYPES = ['c6i.large', 'm6i.large', 'p4d.24xlarge'] as const;
const FACTS = [someFacts('c6i.large'), someFacts('m6i.large', { microUsdPerHour: 96_000 }), someFacts('p4d.24xlarge', { vcpus: 96, gpus: 8, microUsdPerHour: 32_000_000 })];

export const pools: fc.Arbitrary<Omit<PoolRequest, 'pool' | 'efa'>> = fc.record({
  count: fc.integer({ min: 1, max: 6 }),
  instanceTypes: fc.subarray([...TYPES], { minLength: 1 }),
  purchaseOption: fc.constantFrom('OnDemand', 'Spot', 'SpotPreferred'),
  mix: fc.constantFrom('Any', 'Same'),
});

/** Gangs of one to three pools, anywhere or in some zones. */
export const gangs: fc.Arbitrary<GangRequest> = fc
  .record({ spread: fc.constantFrom('Single', 'Prefer', 'Any'), zones: fc.subarray([...ZONES]), drawn: fc.array(pools, { minLength: 1, maxLength: 3 }) })
  .map(({ spread, zones, drawn }) => aGang({ spread, zones, pools: drawn.map((fields, index) => aPool({ ...fields, pool: `pool-${index}` })) }));

export const offerings: fc.Arbitrary<Offering> = fc.record({
  instanceType: fc.constantFrom(...TYPES), zone: fc.constantFrom(...ZONES), market: fc.constantFrom<Market>('spot', 'on-demand'),
});

const sources: fc.Arbitrary<Offering> = fc.record({
  instanceType: fc.constantFrom(...TYPES), zone: fc.constantFrom(...ZONES), market: fc.constantFrom<Market>('spot', 'on-demand', 'reserved'),
});

/** How many machines of some offerings there are, reserved ones too; of the others there are none. */
export const stocks: fc.Arbitrary<ReadonlyMap<string, number>> = fc
  .array(fc.tuple(sources, fc.integer({ min: 0, max: 8 })), { maxLength: 18 })
  .map((drawn) => new Map(drawn.map(([offering, count]) => [offeringKey(offering), count])));

/** The catalogue with Spot prices of a test's own; those that it does not name are not known. */
class PricedCatalogue extends InMemoryInstanceCatalogue {
  readonly #spot: ReadonlyMap<string, number>;

  constructor(spot: ReadonlyMap<string, number>) {
    super(FACTS);
    this.#spot = spot;
  }

  override async spotMicroUsdPerHour(_region: string, instanceType: string, zone: string): Promise<number | undefined> {
    return this.#spot.get(`${instanceType}/${zone}`);
  }
}

/** What the stock of the beginning has of reserved machines, as reservations of the namespace; that some are in use later is not told. */
function reservationsIn(stock: ReadonlyMap<string, number>): CapacityReservation[] {
  return [...stock].flatMap(([key, count]) => {
    const [instanceType = '', zone = '', market] = key.split('/');
    return market === 'reserved' && count > 0 ? [{ reservationId: `cr-${instanceType}-${zone}`, instanceType, zone, available: count, total: count, matching: 'targeted' as const }] : [];
  });
}

function withReservations(deployment: Deployment, reservations: readonly CapacityReservation[]): Deployment {
  const { '*': settings } = deployment.namespaces;
  const capacityReservations = reservations.map(({ reservationId }) => reservationId);
  return settings ? { ...deployment, namespaces: { ...deployment.namespaces, '*': { ...settings, capacityReservations } } } : deployment;
}

/** What a world is made with; the stock can be changed later. */
export interface WorldOptions {
  readonly stock?: ReadonlyMap<string, number>;
  /** Spot prices in millionths of a dollar per hour by type and zone. Absent: a third of the list price. */
  readonly spot?: ReadonlyMap<string, number>;
  readonly deployment?: Deployment;
  /** Stands around each port that can fail. */
  readonly around?: <Port extends object>(port: Port) => Port;
}

/** A cloud in memory with the product's acquirer in front of it. */
export function aWorld({ stock = new Map(), spot, deployment = aDeployment(), around = (port) => port }: WorldOptions = {}) {
  const table = new InMemoryTable();
  const clock = new ManualClock();
  const machines = new InMemoryMachines(clock);
  const cooldowns = new InMemoryCooldownStore(table);
  const knowledge = new InMemoryMarketKnowledge();
  const restock = (next: ReadonlyMap<string, number>): void => {
    machines.market.clear();
    for (const [key, count] of next) machines.market.set(key, count);
  };
  restock(stock);
  const reservations = reservationsIn(stock);
  knowledge.reserved = reservations;
  const ports: CapacityPorts = {
    machines: around(machines), attempts: around(new InMemoryAttemptStore(table)), cooldowns: around(cooldowns), catalogue: around(spot ? new PricedCatalogue(spot) : new InMemoryInstanceCatalogue(FACTS)),
    knowledge: around(knowledge), clock, deployment: withReservations(deployment, reservations), log: silentLog,
  };
  return { provider: new GangAcquirer(ports), machines, cooldowns, knowledge, clock, restock };
}

/** Runs an acquisition again whenever it dies, as the state machine does. */
export async function insist(acquire: () => Promise<AcquireResult>): Promise<AcquireResult> {
  let last: unknown;
  for (let tries = 0; tries < 50; tries++) {
    try {
      return await acquire();
    } catch (error) {
      last = error;
    }
  }
  throw new Error('the acquisition never ended', { cause: last });
}
