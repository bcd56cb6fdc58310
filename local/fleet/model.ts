import type { PurchaseMarket } from './facts/facts.ts';

/** The states of an EC2 instance. */
export type InstanceState = 'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped';

/** Tags by key. */
export type Tags = Readonly<Record<string, string>>;

/** A network interface as a launch template asks for it. An `efa-only` interface has no address. */
export interface InterfaceRequest {
  readonly kind: 'interface' | 'efa' | 'efa-only';
  readonly cardIndex: number;
  readonly deviceIndex: number;
}

/** A network interface of an instance. */
export interface InstanceInterface extends InterfaceRequest {
  readonly id: string;
  readonly address?: string | undefined;
}

/** A placement group of the account; `cluster` groups keep their instances in one zone. */
export interface PlacementGroup {
  readonly id: string;
  readonly name: string;
  readonly strategy: 'cluster' | 'spread' | 'partition';
  readonly tags: Tags;
  /** Until then (wall milliseconds) it is `pending`, and launches do not know it. */
  readonly availableAtMs: number;
}

/** An instance of the simulated fleet; times are wall milliseconds. */
export interface Instance {
  readonly id: string;
  readonly reservationId: string;
  readonly fleetId: string;
  /** The access key of whoever launched it, for its owner's account. */
  readonly account: string;
  readonly region: string;
  readonly type: string;
  readonly zone: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly securityGroupIds: readonly string[];
  readonly market: PurchaseMarket;
  /** The reservation whose capacity it takes; without one it takes the market's. */
  readonly capacityReservationId?: string | undefined;
  readonly placementGroup?: string | undefined;
  /** Beside the primary one: their addresses count in the subnet. */
  readonly interfaces?: readonly InstanceInterface[] | undefined;
  readonly priceUsdPerHour: number;
  readonly imageId: string;
  readonly address: string;
  readonly tags: Tags;
  readonly profileArn?: string | undefined;
  readonly userData?: string | undefined;
  readonly shutdownBehavior: 'stop' | 'terminate';
  readonly state: InstanceState;
  readonly stateReason?: { readonly code: string; readonly message: string } | undefined;
  readonly launchedAtMs: number;
  /** Before this DescribeInstances does not know it. */
  readonly visibleAtMs: number;
  readonly runningAtMs: number;
  /** The earliest moment its agent registers. */
  readonly registersAtMs: number;
  /** Its first process runs; its user data may, beside the agent. */
  readonly up: boolean;
  readonly registeredAtMs?: number | undefined;
  /** When EC2 recommended to replace it. */
  readonly rebalanceAtMs?: number | undefined;
  /** When EC2 said that it would take the instance back, and when it will. */
  readonly noticeAtMs?: number | undefined;
  readonly reclaimAtMs?: number | undefined;
  /** Its host fails then. */
  readonly diesAtMs?: number | undefined;
  /** A TerminateInstances that was answered and not yet heeded: it is heeded then. */
  readonly endsAtMs?: number | undefined;
  /** Its agent never comes up. */
  readonly neverRegisters?: boolean | undefined;
  readonly terminatedAtMs?: number | undefined;
  /** When a shutting-down instance is gone. */
  readonly goneAtMs?: number | undefined;
  readonly imdsPort?: number | undefined;
}

/** One CreateFleet call, as it was asked and answered: what tests of limits read. */
export interface FleetCall {
  readonly fleetId: string;
  readonly atMs: number;
  readonly clientToken?: string | undefined;
  /** A digest of the parameters: a token used again with others is refused. */
  readonly fingerprint: string;
  readonly requested: { readonly total: number; readonly spot: number; readonly onDemand: number; readonly reserved: number };
  readonly pools: readonly string[];
  readonly tags: Tags;
  readonly launched: readonly FleetLaunch[];
  readonly errors: readonly FleetError[];
  /** `launchThenFail`: the instances exist though the caller was told nothing. */
  readonly answerLost: boolean;
}

/** What was asked of one pool of a fleet. */
export interface FleetOverride {
  readonly templateId: string;
  readonly templateVersion: string;
  readonly type: string;
  readonly subnetId?: string | undefined;
  readonly zone: string;
  /** What the request itself named: EC2 repeats that, not what it worked out. */
  readonly named: { readonly type: boolean; readonly subnet: boolean; readonly zone: boolean; readonly group: boolean };
  readonly maxPrice?: string | undefined;
  readonly weight?: number | undefined;
  readonly priority?: number | undefined;
  readonly imageId?: string | undefined;
  /** The placement group by name, from the override or the launch template. */
  readonly group?: string | undefined;
  /** Those that the launch template asks for; one plain interface where there are none. */
  readonly interfaces?: readonly InterfaceRequest[] | undefined;
}

/** Instances that a fleet launched in one pool. */
export interface FleetLaunch {
  readonly override: FleetOverride;
  readonly market: PurchaseMarket;
  readonly instanceIds: readonly string[];
}

/** Why a fleet did not launch in one pool. */
export interface FleetError {
  readonly override: FleetOverride;
  /** `on-demand-capacity-reservation` where nothing but reservations was asked. */
  readonly market: PurchaseMarket | 'on-demand-capacity-reservation';
  readonly code: string;
  readonly message: string;
}

/** A state in which an instance takes capacity of the market. */
export function holdsCapacity(instance: Instance): boolean {
  return instance.state !== 'terminated';
}

/** A state that counts against the quotas: EC2 counts pending and running instances. */
export function countsAgainstQuota(instance: Instance): boolean {
  return instance.state === 'pending' || instance.state === 'running';
}

/** Whether the instance is there to run something. */
export function isLive(instance: Instance): boolean {
  return instance.state === 'pending' || instance.state === 'running';
}
