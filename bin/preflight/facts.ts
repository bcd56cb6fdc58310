import type { ReservationKind } from '../../core/capacity/reservation-kind.ts';
import type { ImageByArchitecture } from '../../core/deployment/deployment.ts';

/** What an account says about itself; `undefined` where it did not let us ask. */
export interface AccountFacts {
  readonly caller: { readonly account: string; readonly arn: string } | undefined;
  /** Names of the service-linked roles that exist, of those that were asked for. */
  readonly serviceLinkedRoles: ReadonlySet<string> | undefined;
  /** Value of a quota of EC2 by its code. */
  readonly ec2Quotas: ReadonlyMap<string, number> | undefined;
  /** How many functions may run at once in the region. */
  readonly lambdaConcurrency: number | undefined;
  /** Version of the CDK's bootstrap stack; 0 where there is none. */
  readonly bootstrapVersion: number | undefined;
}

/** Where the account keeps spans that it is sent; absent: it is sent none. */
export interface TraceFacts {
  readonly destination?: { readonly keeper: string; readonly isReady: boolean };
}

/** What decides whether AWS's services may write to the log groups of a deployment. */
export interface LogPoliciesFacts {
  /** Each resource policy of CloudWatch Logs, as JSON, by its name. */
  readonly policies: ReadonlyMap<string, string>;
  /** Names of the log groups that the deployment's state machine has; none before the first deployment. */
  readonly machineLogs: readonly string[];
}

export interface SubnetFacts {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly zone: string;
  readonly freeAddresses: number;
  /** What the default route of its table leads to, `nat-…` or `tgw-…` for instance. */
  readonly defaultRoute: string | undefined;
}

export interface SecurityGroupFacts {
  readonly groupId: string;
  readonly vpcId: string;
  /** Whether members may send anything to each other. */
  readonly admitsItself: boolean;
  /** Whether a rule that names the group lets members send it anything: one for addresses does not cover the fabric. */
  readonly sendsToItself: boolean;
}

export interface NetworkFacts {
  /** Zones of the region that the account may use. */
  readonly zones: ReadonlySet<string>;
  readonly subnets: readonly SubnetFacts[];
  readonly securityGroups: readonly SecurityGroupFacts[];
  /** Services with an endpoint in the VPC that exists: `s3`, `ssm`. */
  readonly endpoints: ReadonlySet<string>;
}

export interface ImageFacts {
  readonly imageId: string;
  readonly architecture: string;
  readonly rootDevice: string;
}

export interface ReservationFacts {
  readonly reservationId: string;
  /** EC2's word: `active`, `scheduled`, `expired`. */
  readonly state: string;
  readonly zone: string;
  readonly instanceType: string;
  /** Machines that it holds, in use or not. */
  readonly total: number;
  readonly kind: ReservationKind;
}

/** Images by the words of the configuration, `ami-…` or `resolve:ssm:…`; absent where there is none. */
export type ImagesFacts = ReadonlyMap<string, ImageFacts>;

/** The words that a configuration uses for machine images, each once. */
export function imageWords(machineImages: Readonly<Record<string, ImageByArchitecture>>): string[] {
  return [...new Set(Object.values(machineImages).flatMap((images) => Object.values(images)))];
}

/** The capacity reservations that namespaces name, each once. */
export function reservationIds(namespaces: Readonly<Record<string, { readonly capacityReservations: readonly string[] }>>): string[] {
  return [...new Set(Object.values(namespaces).flatMap(({ capacityReservations }) => capacityReservations))];
}
