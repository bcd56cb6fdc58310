import type { AccountQuotas, Answered, CapacityReservation, InterruptionBand, MarketKnowledge } from '../ports/market-knowledge.ts';

/** For a cloud of which nobody says anything: its launcher learns from its own launches alone. */
export class NothingKnown implements MarketKnowledge {
  readonly #unknown: { readonly unknown: string };

  /** @param why said for every part, in words that complete "is not known: …" */
  constructor(why: string) {
    this.#unknown = { unknown: why };
  }

  async placementScores(): Promise<Answered<ReadonlyMap<string, number>>> {
    return this.#unknown;
  }

  async rememberedScores(): Promise<Answered<ReadonlyMap<string, number>>> {
    return this.#unknown;
  }

  async interruptionBands(): Promise<Answered<ReadonlyMap<string, InterruptionBand>>> {
    return this.#unknown;
  }

  async accountQuotas(): Promise<Answered<AccountQuotas>> {
    return this.#unknown;
  }

  async reservations(_region: string, ids: readonly string[]): Promise<Answered<readonly CapacityReservation[]>> {
    return ids.length === 0 ? { known: [] } : this.#unknown;
  }

  async freeAddresses(): Promise<Answered<ReadonlyMap<string, number>>> {
    return this.#unknown;
  }
}
