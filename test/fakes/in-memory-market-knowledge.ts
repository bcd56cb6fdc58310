import type { AccountQuotas, Answered, CapacityReservation, InterruptionBand, MarketKnowledge, PlacementScoreQuestion } from '../../core/ports/market-knowledge.ts';

const unknown = { unknown: 'nobody has said it' } as const;

/** Knows what a test tells it, and says of the rest that it is not known. */
export class InMemoryMarketKnowledge implements MarketKnowledge {
  scores: ReadonlyMap<string, number> | undefined;
  bands: ReadonlyMap<string, InterruptionBand> | undefined;
  quotas: AccountQuotas | undefined;
  reserved: readonly CapacityReservation[] | undefined;
  addresses: ReadonlyMap<string, number> | undefined;
  readonly asked: PlacementScoreQuestion[] = [];

  async placementScores(question: PlacementScoreQuestion): Promise<Answered<ReadonlyMap<string, number>>> {
    this.asked.push(question);
    return this.scores ? { known: this.scores } : unknown;
  }

  async interruptionBands(): Promise<Answered<ReadonlyMap<string, InterruptionBand>>> {
    return this.bands ? { known: this.bands } : unknown;
  }

  async accountQuotas(): Promise<Answered<AccountQuotas>> {
    return this.quotas ? { known: this.quotas } : unknown;
  }

  async reservations(_region: string, ids: readonly string[]): Promise<Answered<readonly CapacityReservation[]>> {
    return this.reserved ? { known: this.reserved.filter(({ reservationId }) => ids.includes(reservationId)) } : unknown;
  }

  async freeAddresses(): Promise<Answered<ReadonlyMap<string, number>>> {
    return this.addresses ? { known: this.addresses } : unknown;
  }
}
