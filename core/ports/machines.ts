import type { GangRequest, LaunchOutcome, LaunchRecord, PlannedLaunch, ProviderInstance } from '../capacity/gang.ts';
import type { InstanceId, JobId } from '../job/ids.ts';

/** Which attempt machines belong to. */
export interface AttemptKey {
  readonly jobId: JobId;
  readonly attempt: number;
}

/** The provider's request for a launch, or why there cannot be one. */
export type LaunchRequest =
  | { readonly kind: 'request'; readonly request: string }
  | { readonly kind: 'rejected'; readonly code: string; readonly message: string };

/**
 * The machines of a cloud: the few calls that `GangAcquirer` needs to be a whole `CapacityProvider`. What is not
 * expected is thrown; a launch whose answer is not known throws too and is made again with the same record.
 */
export interface Machines {
  /** The exact request for a launch, to be kept until its answer is known. */
  request(gang: GangRequest, launch: PlannedLaunch): Promise<LaunchRequest>;
  /** Sends `launch.request`. The same client token answers what the first call brought and never launches twice. */
  launch(launch: LaunchRecord): Promise<LaunchOutcome>;
  /** Machines of an attempt as far as they are visible, terminated ones too while the provider remembers them. */
  describe(attempt: AttemptKey): Promise<readonly ProviderInstance[]>;
  /** Machines of this deployment that are not terminated. */
  describeAll(): Promise<readonly ProviderInstance[]>;
  /** Terminates; ids that the provider does not know are passed over. */
  terminate(instances: readonly InstanceId[]): Promise<void>;
  /** Waits, within bounds, until each is visible and has an address or is dying; answers all of them. */
  awaitVisible(attempt: AttemptKey, instances: readonly InstanceId[]): Promise<readonly ProviderInstance[]>;
  /** Waits, within bounds, until all machines of the attempt that `concerned` names are dying; answers those that are not. */
  awaitGone(attempt: AttemptKey, concerned: (instance: ProviderInstance) => boolean): Promise<readonly ProviderInstance[]>;
}
