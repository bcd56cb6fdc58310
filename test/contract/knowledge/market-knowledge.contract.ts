import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CapacityReservation, InterruptionBand, MarketKnowledge } from '../../../core/ports/market-knowledge.ts';
import { aDeployment, ZONES } from '../../builders/capacity.ts';

/** What a test says the market is like. */
export interface Market {
  readonly bands: Readonly<Record<string, InterruptionBand>>;
  readonly quotas: { readonly standardOnDemand: number; readonly pSpot: number };
  readonly reservations: readonly CapacityReservation[];
}

export interface KnowledgeWorld {
  /** Someone who has asked nothing yet. */
  readonly newcomer: () => MarketKnowledge;
  /** The market is like this, and what is read on schedule was read. */
  readonly tell: (market: Market) => Promise<void>;
  /** Nobody answers any more, and nothing was read before. */
  readonly silence: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const { region, subnets } = aDeployment();
const reservation = (fields: Partial<CapacityReservation> = {}): CapacityReservation => ({
  reservationId: 'cr-00000000000000001', instanceType: 'p4d.24xlarge', zone: 'us-east-1a', available: 4, total: 4, matching: 'targeted', ...fields,
});

const market: Market = {
  bands: { 'm6i.large': '<5%', 'c6i.large': '15-20%', 'p4d.24xlarge': '>20%' },
  quotas: { standardOnDemand: 320, pSpot: 96 },
  reservations: [reservation(), reservation({ reservationId: 'cr-00000000000000002', instanceType: 'm6i.large', zone: 'us-east-1b', matching: 'open' })],
};
const threeTypes = { region, instanceTypes: ['m6i.large', 'c6i.large', 'm5.large'], count: 4 };

/** What every teller of the market owes the launcher. */
export function marketKnowledgeContract(open: () => Promise<KnowledgeWorld>): void {
  describe('MarketKnowledge', () => {
    let world: KnowledgeWorld;
    beforeAll(async () => {
      world = await open();
    });
    beforeEach(() => world.tell(market));
    afterAll(() => world?.close());

    it('says how often Spot machines of a type are taken back', async () => {
      const bands = await world.newcomer().interruptionBands(region);
      expect(bands).toEqual({ known: expect.any(Map) });
      const known = 'known' in bands ? bands.known : new Map();
      expect(Object.keys(market.bands).map((type) => [type, known.get(type)])).toEqual(Object.entries(market.bands));
    });

    it('says what the account may run of a family and market', async () => {
      const quotas = await world.newcomer().accountQuotas(region);
      const known = 'known' in quotas ? quotas.known : new Map();
      expect([known.get('Standard/on-demand'), known.get('P/spot'), known.get('Mac/on-demand')]).toEqual([320, 96, undefined]);
    });

    it('says what reservations have room, of those that it is asked about', async () => {
      const knowledge = world.newcomer();
      const [first, second] = market.reservations;
      expect(await knowledge.reservations(region, ['cr-00000000000000002'])).toMatchObject({ known: [second] });
      expect(await knowledge.reservations(region, ['cr-00000000000000002', 'cr-00000000000000001'])).toMatchObject({ known: [first, second] });
      expect(await knowledge.reservations(region, ['cr-00000000000000009'])).toMatchObject({ known: [] });
    });

    it('leaves out a reservation without room', async () => {
      await world.tell({ ...market, reservations: [reservation({ available: 0, total: 0 })] });
      expect(await world.newcomer().reservations(region, ['cr-00000000000000001'])).toMatchObject({ known: [] });
    });

    it('counts the free addresses of the subnets that it is asked about', async () => {
      const asked = Object.values(subnets).slice(0, 2);
      const addresses = await world.newcomer().freeAddresses(asked);
      const known = 'known' in addresses ? addresses.known : new Map();
      expect([...known.keys()].toSorted()).toEqual(asked);
      for (const free of known.values()) expect(free).toBeGreaterThan(200);
    });

    it('scores zones by name, from one to ten', async () => {
      const scores = await world.newcomer().placementScores(threeTypes);
      const known = 'known' in scores ? scores.known : new Map();
      expect([...known.keys()]).toEqual(expect.arrayContaining([...ZONES]));
      for (const score of known.values()) expect([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).toContain(score);
    });

    it('scores no fewer than three types, however often they are named', async () => {
      expect(await world.newcomer().placementScores({ ...threeTypes, instanceTypes: ['m6i.large', 'c6i.large', 'm6i.large'] }))
        .toEqual({ unknown: expect.stringContaining('fewer than 3 instance types') });
    });

    it('says why it cannot say, and throws nothing', async () => {
      await world.silence();
      const knowledge = world.newcomer();
      const why = { unknown: expect.stringMatching(/\w/) };
      expect(await knowledge.interruptionBands(region)).toEqual(why);
      expect(await knowledge.accountQuotas(region)).toEqual(why);
      expect(await knowledge.reservations(region, ['cr-00000000000000001'])).toEqual(why);
      expect(await knowledge.freeAddresses(Object.values(subnets))).toEqual(why);
      expect(await knowledge.placementScores({ ...threeTypes, count: 4000 })).toEqual(why);
    });

    it('has an answer about nothing though nobody answers', async () => {
      await world.silence();
      expect(await world.newcomer().reservations(region, [])).toEqual({ known: [] });
      expect(await world.newcomer().freeAddresses([])).toEqual({ known: new Map() });
    });
  });
}
