/** Units of CloudWatch. */
type Unit = 'Count' | 'Seconds' | 'None';

/** What is said of a metric, beside its name. */
interface MetricDefinition {
  readonly unit: Unit;
  /** Each measurement has all of them. Their values are few: see `bounds`. */
  readonly dimensions: readonly Dimension[];
  /** What it counts or measures, a sentence without its end. */
  readonly meaning: string;
  /** Where it comes from. */
  readonly from: 'history' | 'scheduler' | 'reconciler' | 'api' | 'publisher';
}

/** What launches fail with, each of which is told apart. */
export const launchCodes = [
  'InsufficientInstanceCapacity', 'UnfulfillableCapacity', 'SpotMaxPriceTooLow', 'MaxSpotInstanceCountExceeded', 'VcpuLimitExceeded',
  'InsufficientFreeAddressesInSubnet', 'ReservationCapacityExceeded', 'Unsupported', 'RequestLimitExceeded', 'UnauthorizedOperation',
  'InvalidAMIID.NotFound', 'InternalError',
] as const;

/** How many values a dimension has at most, and which: CloudWatch bills each combination as a metric of its own. */
export const bounds = {
  Namespace: { values: 21, meaning: 'the namespaces that the configuration names, all others together as `*`' },
  Outcome: { values: 6, meaning: 'the outcomes' },
  State: { values: 13, meaning: 'the states' },
  PriorityClass: { values: 4, meaning: 'the class that the priority reaches' },
  Code: { values: launchCodes.length + 1, meaning: 'the codes that `launchCodes` lists, all others as `other`' },
  Market: { values: 3, meaning: 'the markets' },
  Label: { values: 51, meaning: 'the values of `telemetry.costLabel`, all others as `other`' },
} as const satisfies Readonly<Record<string, { readonly values: number; readonly meaning: string }>>;

export type Dimension = keyof typeof bounds;

/**
 * Every metric that the product writes. Rehearsals are in none of those of jobs. Limits do not tell them from jobs, so what waits and
 * how many nodes are held has them in it; neither does the API before it has read what it answers.
 */
export const metricCatalogue = {
  JobsSubmitted: { unit: 'Count', dimensions: ['Namespace'], from: 'history', meaning: 'jobs that were submitted' },
  JobsAdmitted: { unit: 'Count', dimensions: ['Namespace'], from: 'history', meaning: 'attempts that were admitted' },
  JobsEnded: { unit: 'Count', dimensions: ['Outcome'], from: 'history', meaning: 'jobs that have ended' },
  JobsUnexplained: { unit: 'Count', dimensions: [], from: 'history', meaning: 'jobs that have failed without a cause that the diagnosis knows' },
  SecondsInState: { unit: 'Seconds', dimensions: ['State'], from: 'history', meaning: 'how long a job was in a state that it has left' },
  SecondsToCapacity: { unit: 'Seconds', dimensions: ['PriorityClass'], from: 'history', meaning: 'from the submission, or the return to the queue, until the whole gang was launched; 31 days, longer than any promise, for an attempt that ended NO_CAPACITY' },
  LaunchCalls: { unit: 'Count', dimensions: [], from: 'history', meaning: 'launches that EC2 was asked for' },
  LaunchErrors: { unit: 'Count', dimensions: ['Code'], from: 'history', meaning: 'codes of what was not to be had, or refused' },
  LaunchesRefused: { unit: 'Count', dimensions: [], from: 'history', meaning: 'launches that EC2 refused, or would have, for a reason that waiting does not cure' },
  NodesLaunched: { unit: 'Count', dimensions: ['Market'], from: 'history', meaning: 'nodes that were launched' },
  NodesInterrupted: { unit: 'Count', dimensions: [], from: 'history', meaning: 'Spot interruption notices, those of one attempt and offering within a minute as one' },
  NodesLost: { unit: 'Count', dimensions: [], from: 'history', meaning: 'nodes that a job lost while it needed them' },
  JobCostUsd: { unit: 'None', dimensions: ['Namespace'], from: 'history', meaning: 'list price of a job that has ended, when its machines are gone' },
  JobCostUsdByLabel: { unit: 'None', dimensions: ['Label'], from: 'history', meaning: 'the same, by the label of `telemetry.costLabel`' },
  SpansExported: { unit: 'Count', dimensions: [], from: 'publisher', meaning: 'spans that the endpoint took' },
  SpansDropped: { unit: 'Count', dimensions: [], from: 'publisher', meaning: 'spans that it did not take, or not in time; an entry of the history whose spans could not be made counts as one' },
  QueueDepth: { unit: 'Count', dimensions: ['Namespace'], from: 'scheduler', meaning: 'jobs in the queue (PENDING); those that are parked for capacity are in it no more' },
  OldestWaitSeconds: { unit: 'Seconds', dimensions: ['Namespace'], from: 'scheduler', meaning: 'how long the job has waited in the queue that has waited longest, of those that the scheduler has seen: at least so long' },
  RunningNodes: { unit: 'Count', dimensions: ['Namespace'], from: 'scheduler', meaning: 'nodes that jobs hold, those that they still look for included' },
  CapacityWaitSeconds: { unit: 'Seconds', dimensions: ['PriorityClass'], from: 'scheduler', meaning: 'how long the job has been without machines that has been so longest, since its submission or its return to the queue, of those that are parked: their last turn brought nothing, for want of machines, of room under a limit or since an operator pauses them' },
  LongestWaitSeconds: { unit: 'Seconds', dimensions: [], from: 'scheduler', meaning: 'the largest `OldestWaitSeconds` of all namespaces, 0 when nothing waits' },
  CycleSeconds: { unit: 'Seconds', dimensions: [], from: 'scheduler', meaning: 'how long a scheduling cycle took' },
  OrphansTerminated: { unit: 'Count', dimensions: [], from: 'reconciler', meaning: 'machines without a living attempt that were terminated' },
  CostPerHourUsd: { unit: 'None', dimensions: ['Namespace'], from: 'reconciler', meaning: 'what the machines of jobs cost an hour now, at list price' },
  CostPerHourUsdByLabel: { unit: 'None', dimensions: ['Label'], from: 'reconciler', meaning: 'the same, by the label of `telemetry.costLabel`' },
  SpendPerHourUsd: { unit: 'None', dimensions: [], from: 'reconciler', meaning: '`CostPerHourUsd` of all namespaces together, 0 when nothing runs' },
  JobsStuck: { unit: 'Count', dimensions: [], from: 'reconciler', meaning: 'attempts that should have left their state long ago, by three times `intervals.unansweredAfter`' },
  MachinesLeft: { unit: 'Count', dimensions: [], from: 'reconciler', meaning: 'jobs that have ended, and whose machines could not be verified gone' },
  Submissions: { unit: 'Count', dimensions: [], from: 'api', meaning: 'submissions that the function answered, whatever it answered, dry runs included' },
  SubmissionFaults: { unit: 'Count', dimensions: [], from: 'api', meaning: 'those of them that were answered with 5xx' },
  SubmissionSeconds: { unit: 'Seconds', dimensions: [], from: 'api', meaning: 'how long the function took for a submission, without its start' },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof metricCatalogue;

type DimensionsOf<Name extends MetricName> = Readonly<Record<(typeof metricCatalogue)[Name]['dimensions'][number], string>>;

/** A value of a metric. */
export interface Measurement {
  readonly name: MetricName;
  readonly value: number;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Writes measurements; nobody waits for it, and it never fails. */
export type Measure = (measurements: readonly Measurement[]) => void;

/** A measurement with the dimensions that the catalogue says. */
export function measurement<Name extends MetricName>(name: Name, value: number, dimensions: DimensionsOf<Name>): Measurement {
  return { name, value, dimensions };
}

/** Beside their own, all metrics have this dimension, since a line of the embedded metric format needs one. */
export const commonDimensions = { service: 'orchestrator' } as const;

/** The namespace of a deployment's metrics in CloudWatch. */
export function metricNamespace(deployment: string): string {
  return `AdvancedOrchestrator/${deployment}`;
}
