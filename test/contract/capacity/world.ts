import type { Market } from '../../../core/job/job.ts';
import type { CapacityProvider, CooldownStore, InstanceCatalogue } from '../../../core/ports/capacity-provider.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { AttemptStore } from '../../../core/ports/job-store.ts';

/** So many free machines of a type in a zone. */
export type Supply = readonly [instanceType: string, zone: 'a' | 'b' | 'c' | 'd', market: Market, count: number];

/** A cloud with a market that the test decides, and the provider over it. */
export interface CapacityWorld {
  readonly provider: CapacityProvider;
  /** Another process of the provider, each port of which stands in what `wrap` makes of it. */
  around(wrap: <Port extends object>(port: Port) => Port): CapacityProvider;
  readonly catalogue: InstanceCatalogue;
  readonly attempts: AttemptStore;
  readonly cooldowns: CooldownStore;
  readonly clock: Clock;
  /** All that there is; what is not named has none. */
  supply(market: readonly Supply[]): Promise<void>;
  /** The next launch takes place and its answer is lost, for longer than the client's own patience. */
  loseAnswer(): Promise<void>;
  /** Launch calls are refused as too many, for longer than the client's own patience. */
  throttle(): Promise<void>;
  /** Nothing goes wrong any more. */
  mend(): Promise<void>;
  close(): Promise<void>;
}
