import type { FleetClock } from './clock.ts';
import type { Cloud } from './cloud/cloud.ts';
import type { EventBus } from './events/bus.ts';
import type { Faults } from './faults.ts';
import type { InstanceLifecycle } from './instances/lifecycle.ts';
import type { RunningMarket } from './market/running-market.ts';
import type { TokenBucket } from './market/token-bucket.ts';
import type { FleetCall, Instance, PlacementGroup } from './model.ts';
import type { CommandCentre } from './ssm/command-centre.ts';
import type { DocumentRecord } from './ssm/document-record.ts';
import type { Collection } from './store.ts';

/** What the actions of the simulated services work on. */
export interface FleetContext {
  readonly clock: FleetClock;
  readonly cloud: Cloud;
  readonly market: RunningMarket;
  readonly faults: Faults;
  readonly events: EventBus;
  readonly lifecycle: InstanceLifecycle;
  readonly instances: Collection<Instance>;
  readonly fleetCalls: Collection<FleetCall>;
  /** When each question to GetSpotPlacementScores was last asked for the first time in a day (wall time). */
  readonly scoreQuestions: Collection<number>;
  /** By name. */
  readonly placementGroups: Collection<PlacementGroup>;
  readonly documents: Collection<DocumentRecord>;
  readonly commands: CommandCentre;
  /** Instances that the account's launch rate still allows. */
  readonly launchTokens: TokenBucket;
}
