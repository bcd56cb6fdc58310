import type { Market } from '../job/job.ts';

/** Machine images by architecture: an AMI id, or `resolve:ssm:<parameter>` which EC2 resolves at launch. */
export type ImageByArchitecture = Readonly<Partial<Record<'x86_64' | 'arm64', string>>>;

/** What the administrator gives a namespace; `*` stands for every namespace without an entry of its own. */
export interface NamespaceSettings {
  /** Launch template ids by architecture: they carry the namespace's instance profile and security groups. */
  readonly launchTemplates: Readonly<Partial<Record<'x86_64' | 'arm64', string>>>;
  /** Names of launch templates by architecture and number of Elastic Fabric Adapters. Absent: the namespace gets none. */
  readonly efaLaunchTemplates?: Readonly<Partial<Record<'x86_64' | 'arm64', Readonly<Record<string, string>>>>>;
  /** Ids of targeted capacity reservations that the jobs of the namespace may use. */
  readonly capacityReservations?: readonly string[];
}

/** So many machines there are of what a rule names; what it leaves out it does not look at. */
export interface SimulatedCapacity {
  readonly instanceType?: string;
  readonly zone?: string;
  readonly market?: Market;
  readonly machines: number;
  /** The error code with which launches fail for want of more. Absent: `InsufficientInstanceCapacity`. */
  readonly code?: string;
}

/** The provider `simulated`: machines that are only records, for rehearsals. */
export interface SimulatedProviderSettings {
  /** Of the rules that match an offering the last one holds; where none does, there are as many machines as are asked for. */
  readonly capacity: readonly SimulatedCapacity[];
  /** Price by instance type, on demand and Spot; a type that is not named costs nothing. */
  readonly usdPerHour: Readonly<Record<string, number>>;
}

/** Times that decide how patient the deployment is, in seconds. */
interface Intervals {
  /** A node that is not online after this long is replaced. */
  readonly nodeOnlineTimeout: number;
  readonly nodePoll: number;
  /** First cooldown of an offering; doubles up to `cooldownMaximum` (at most 600). */
  readonly cooldownBase: number;
  readonly cooldownMaximum: number;
  /** How long destroy waits within one task for instances to shut down. */
  readonly destroyWait: number;
  /** An instance without a living attempt is left alone for this long. */
  readonly orphanGrace: number;
  /** A token not answered for this long is looked after by the reconciler. */
  readonly unansweredAfter: number;
  readonly schedulerLease: number;
}

/** What is asked of others about the market; the launcher works without any of it. */
interface MarketQuestions {
  /** URL of the Spot Instance Advisor's feed; empty: it is not read. */
  readonly spotAdvisorFeed: string;
  /** New questions about Spot placement scores a day, for all functions together; 0: none are asked. */
  readonly placementScoresPerDay: number;
}

/** What is told of jobs, and how much of it. */
export interface TelemetrySettings {
  /** Whether spans of jobs leave as they close: to the environment's `OTEL_EXPORTER_OTLP_ENDPOINT`, else to CloudWatch. */
  readonly traces: boolean;
  /** Base URL of the OTLP endpoint that takes what hooks and jobs send. Absent: CloudWatch does. */
  readonly otlpEndpoint?: string;
  /** On which nodes a collector runs that takes OTLP from hooks and jobs. */
  readonly collector: 'all' | 'head' | 'none';
  /** Whether collectors ship what their nodes use: GPUs, memory, disks, network. */
  readonly nodeMetrics: boolean;
  /** Whether metrics that programs of jobs send are taken, too. */
  readonly programMetrics: boolean;
  /** Whether a node whose image lacks the collector's agent installs it. */
  readonly installCollector: boolean;
  /** Bytes of output that are kept of an attempt, over all of its nodes and steps. */
  readonly logBytesPerAttempt: number;
  /** A label by whose values metrics of cost are told apart; values that are not listed count as `other`. */
  readonly costLabel?: { readonly key: string; readonly values: readonly string[] };
  /** Where the dashboard of a job is: in CloudWatch's console, or in a Grafana. Absent: there is none. */
  readonly jobDashboard?: 'cloudwatch' | { readonly grafanaUrl: string };
}

/**
 * A deployment as its functions see it: what the administrator configured and what the stack made of it. Built by
 * `lib/`, read by `lambdas/runtime/deployment.ts`.
 */
export interface Deployment {
  /** Prefix of resource names and value of the tag `orchestrator:deployment` on all instances. */
  readonly name: string;
  readonly region: string;
  readonly table: string;
  readonly stepBucket: string;
  readonly stepDocument: string;
  readonly jobLogGroup: string;
  readonly stateMachineArn: string;
  readonly eventBus: string;
  /** Subnet id by zone. */
  readonly subnets: Readonly<Record<string, string>>;
  /** Container image by the alias that manifests use, `aws-cli:latest` for instance. */
  readonly imageAliases: Readonly<Record<string, string>>;
  /** Machine images by the alias that `nodePools[].image` uses. */
  readonly machineImages: Readonly<Record<string, ImageByArchitecture>>;
  readonly namespaces: Readonly<Record<string, NamespaceSettings>>;
  /** What stands in for releases of Slurm that there is no image of, the preferred one first: `{ "23.02": ["22.05"] }`. */
  readonly slurmSubstitutes: Readonly<Record<string, readonly string[]>>;
  /** File systems that the network of the nodes reaches. Absent: none, and `/data` is the head node's. */
  readonly storageTypes?: readonly ('EFS' | 'FSx')[];
  /** Providers beside AWS. */
  readonly providers?: { readonly simulated?: SimulatedProviderSettings };
  readonly limits: {
    readonly maxRunningJobs: number;
    readonly maxNodesPerJob: number;
    readonly maxReplacementsPerAttempt: number;
  };
  readonly intervals: Intervals;
  readonly capacity: MarketQuestions;
  readonly telemetry: TelemetrySettings;
}

/** Settings of a namespace: its own, else those of `*`; `undefined` when the deployment serves it not at all. */
export function namespaceSettings(deployment: Deployment, namespace: string): NamespaceSettings | undefined {
  const { namespaces } = deployment;
  // `constructor` is a namespace like any other.
  return Object.hasOwn(namespaces, namespace) ? namespaces[namespace] : namespaces['*'];
}
