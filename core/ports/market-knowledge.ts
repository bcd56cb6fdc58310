import type { EpochMs } from '../job/ids.ts';
import type { QuotaKey } from '../job/job.ts';

/**
 * What was asked, or why nobody can say: the launcher goes on without it and names what it went without. `atMs`, of what
 * launches change: what was launched before is in the count; absent where nobody knows.
 */
export type Answered<T> = { readonly known: T; readonly atMs?: EpochMs } | { readonly unknown: string };

/** A question about the chances of Spot capacity. A score means something for three types or more only. */
export interface PlacementScoreQuestion {
  readonly region: string;
  readonly instanceTypes: readonly string[];
  /** How many machines; askers round up, so that like questions share an answer. */
  readonly count: number;
}

/** How often Spot machines of a type were taken back in the last month: the bands of the Spot Instance Advisor. */
export type InterruptionBand = '<5%' | '5-10%' | '10-15%' | '15-20%' | '>20%';

/** Machines that the account has paid for already. */
export interface CapacityReservation {
  readonly reservationId: string;
  readonly instanceType: string;
  readonly zone: string;
  readonly available: number;
  readonly total: number;
  /** `open`: any matching launch takes of it; `targeted`: only launches that name it. */
  readonly matching: 'open' | 'targeted';
}

/** vCPUs that the account may run, by quota. */
export type AccountQuotas = ReadonlyMap<QuotaKey, number>;

/**
 * What others know of the market. Every part is optional: an answer is either known or says why it is not, nothing is
 * thrown, and answers are remembered so that asking often costs little.
 */
export interface MarketKnowledge {
  /** Placement score from 1 to 10 by zone. Never evidence against a zone: only a tie-break between equals. */
  placementScores(question: PlacementScoreQuestion): Promise<Answered<ReadonlyMap<string, number>>>;
  /** Those that somebody has asked for within a day, to look at: asks nobody, since answers are few. */
  rememberedScores(question: PlacementScoreQuestion): Promise<Answered<ReadonlyMap<string, number>>>;
  /** By instance type. */
  interruptionBands(region: string): Promise<Answered<ReadonlyMap<string, InterruptionBand>>>;
  accountQuotas(region: string): Promise<Answered<AccountQuotas>>;
  /** Those with room, of these ids. Asks nobody when there are none. */
  reservations(region: string, ids: readonly string[]): Promise<Answered<readonly CapacityReservation[]>>;
  /** Free addresses by subnet id, as of a moment ago. */
  freeAddresses(subnetIds: readonly string[]): Promise<Answered<ReadonlyMap<string, number>>>;
}
