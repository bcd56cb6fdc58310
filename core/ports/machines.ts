import type { GangRequest, ImpairedInstance, LaunchOutcome, LaunchRecord, PlannedLaunch, ProviderInstance, ReleaseResult } from '../capacity/gang.ts';
import type { EpochMs, InstanceId, JobId } from '../job/ids.ts';

/** Which attempt machines belong to. */
export interface AttemptKey {
  readonly jobId: JobId;
  readonly attempt: number;
}

/** The provider's request for a launch, or why there cannot be one. */
export type LaunchRequest =
  | { readonly kind: 'request'; readonly request: string }
  /** What the launch needs beside machines is not to be had now: it is not made, and counts as one that brought nothing. */
  | { readonly kind: 'lacking'; readonly code: string; readonly message: string }
  | { readonly kind: 'rejected'; readonly code: string; readonly message: string };

/** An instance that is to go. One that was launched a moment ago may not be visible yet and is not therefore gone. */
export interface DoomedInstance {
  readonly instanceId: InstanceId;
  readonly launchedAtMs: EpochMs;
}

/**
 * The machines of a cloud: the few calls of which `GangAcquirer` makes a whole `CapacityProvider`. What is not expected
 * is thrown (`DependencyThrottledError` where the provider asks for patience); a launch that threw has no known answer
 * and is made again from its record.
 */
export interface Machines {
  /**
   * The exact request for a launch, to be kept until its answer is known. What it names beside machines is there then, so
   * that to make the call again needs nothing else.
   */
  request(gang: GangRequest, launch: PlannedLaunch): Promise<LaunchRequest>;
  /** Sends `launch.request`. The same client token answers what the first call brought and never launches twice. */
  launch(launch: LaunchRecord): Promise<LaunchOutcome>;
  /** Machines of an attempt as far as they are visible, terminated ones too while the provider remembers them. */
  describe(attempt: AttemptKey): Promise<readonly ProviderInstance[]>;
  /** Machines of this deployment that are not terminated. */
  describeAll(): Promise<readonly ProviderInstance[]>;
  /**
   * Machines that the provider runs and does not reach, `among` these or all; of all, others of the account may be among
   * them. Ids that the provider does not know are passed over.
   */
  impaired(among?: readonly InstanceId[]): Promise<readonly ImpairedInstance[]>;
  /** One machine of this deployment, terminated or not; `undefined` for one that is not the deployment's, or not known. */
  find(instanceId: InstanceId): Promise<ProviderInstance | undefined>;
  /** Asks for an end; ids that the provider does not know are passed over. */
  terminate(instances: readonly InstanceId[]): Promise<void>;
  /** Waits, within bounds, until each is visible and has an address or is dying; answers all of them. */
  awaitVisible(attempt: AttemptKey, instances: readonly InstanceId[]): Promise<readonly ProviderInstance[]>;
  /**
   * Terminates and waits, within bounds, until the provider says of each that it is shutting down or terminated.
   * `everything`: whatever else is visible of the attempt too.
   */
  destroy(attempt: AttemptKey, doomed: readonly DoomedInstance[], everything: boolean): Promise<ReleaseResult>;
}
