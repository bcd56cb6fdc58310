import type { EpochMs } from '../../core/job/ids.ts';
import type { AccountQuotas, Answered, CapacityReservation, InterruptionBand, MarketKnowledge, PlacementScoreQuestion } from '../../core/ports/market-knowledge.ts';

const unknown = { unknown: 'nobody has said it' } as const;

/** Knows what a test tells it, and says of the rest that it is not known. */
export class InMemoryMarketKnowledge implements MarketKnowledge {
  scores: ReadonlyMap<string, number> | undefined;
  bands: ReadonlyMap<string, InterruptionBand> | undefined;
  quotas: AccountQuotas | undefined;
  reserved: readonly CapacityReservation[] | undefined;
  addresses: ReadonlyMap<string, number> | undefined;
  /** When reservations and addresses were counted; left out where a test does not say. */
  countedAtMs: EpochMs | undefined;
  readonly asked: PlacementScoreQuestion[] = [];

  async placementScores(question: PlacementScoreQuestion): Promise<Answered<ReadonlyMap<string, number>>> {
    if (new Set(question.instanceTypes).size < 3) return { unknown: 'a placement score of fewer than 3 instance types says nothing' };
    this.asked.push(question);
    return this.scores ? { known: this.scores } : unknown;
  }

  async rememberedScores({ instanceTypes }: PlacementScoreQuestion): Promise<Answered<ReadonlyMap<string, number>>> {
    return this.scores && new Set(instanceTypes).size >= 3 ? { known: this.scores } : unknown;
  }

  async interruptionBands(): Promise<Answered<ReadonlyMap<string, InterruptionBand>>> {
    return this.bands ? { known: this.bands } : unknown;
  }

  async accountQuotas(): Promise<Answered<AccountQuotas>> {
    return this.quotas ? { known: this.quotas } : unknown;
  }

  async reservations(_region: string, ids: readonly string[]): Promise<Answered<readonly CapacityReservation[]>> {
    if (ids.length === 0) return { known: [] };
    return this.reserved ? { known: this.reserved.filter(({ reservationId, available }) => ids.includes(reservationId) && available > 0), ...this.#at() } : unknown;
  }

  async freeAddresses(subnetIds: readonly string[]): Promise<Answered<ReadonlyMap<string, number>>> {
    if (subnetIds.length === 0) return { known: new Map() };
    return this.addresses ? { known: new Map([...this.addresses].filter(([id]) => subnetIds.includes(id))), ...this.#at() } : unknown;
  }

  #at(): { readonly atMs?: EpochMs } {
    return this.countedAtMs === undefined ? {} : { atMs: this.countedAtMs };
  }
}
