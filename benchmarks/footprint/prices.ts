import type { ReferenceRun } from './reference-job.ts';
import type { Units } from './units.ts';
import type { ToldOfJob } from './telemetry.ts';

/**
 * List prices of us-east-1 in USD, before free tiers, as AWS published them in November 2025. SSM commands, service
 * events on the default bus, stream reads by Lambda, and EC2's API are free; what EC2 itself costs is the job's.
 */
export const prices = {
  date: '2025-11',
  region: 'us-east-1',
  writeUnit: 0.625e-6,
  readUnit: 0.125e-6,
  stateTransition: 25e-6,
  invocation: 0.2e-6,
  /** arm64. */
  gigabyteSecond: 13.3334e-6,
  restRequest: 3.5e-6,
  customEvent: 1e-6,
  s3Put: 5e-6,
  s3Get: 0.4e-6,
  logGigabyte: 0.5,
  /** Spans that Transaction Search keeps; those beyond one in a hundred that it indexes cost more. */
  spanGigabyte: 0.35,
  trace: 5e-6,
} as const;

/** A function as it is deployed, and for how long an invocation of it is billed. */
interface Running {
  readonly gigabytes: number;
  readonly seconds: number;
}

/**
 * Durations are assumed, with room: a write of the table takes 10 ms, CreateFleet of 64 instances 5 s, and until
 * DescribeInstances shows all of them, or all of them shutting down, another 3 s. Nodes boot for 60 s.
 */
const running: Readonly<Record<string, Running>> = {
  SubmitJob: { gigabytes: 0.5, seconds: 0.3 },
  ScheduleJobs: { gigabytes: 1, seconds: 0.4 },
  PublishEvents: { gigabytes: 0.5, seconds: 0.1 },
  AcquireCapacity: { gigabytes: 1, seconds: 9 },
  AwaitNodes: { gigabytes: 0.25, seconds: 65 },
  RunStep: { gigabytes: 0.5, seconds: 0.4 },
  OnCommandFinished: { gigabytes: 0.5, seconds: 0.4 },
  DestroyNodes: { gigabytes: 1, seconds: 5 },
  FinishJob: { gigabytes: 0.5, seconds: 0.2 },
};

/** Our functions log a few lines an invocation, JSON with the job's identity in each. */
const LOG_BYTES = 2_000;

/** Assumed, with room: a request to the endpoint of spans 100 ms, a read 10 ms. The publisher's invocations are the job's own. */
export function gigabyteSecondsOfTelemetry({ readUnits, requests }: Pick<ToldOfJob, 'readUnits' | 'requests'>): number {
  return (running['PublishEvents']?.gigabytes ?? 0) * (requests * 0.1 + readUnits * 0.01);
}

/** What is told of a job beside its history. */
export function usdOfTelemetry(told: ToldOfJob): number {
  const { writeUnits, readUnits, spanBytes, logBytes } = told;
  const stored = (spanBytes * prices.spanGigabyte + logBytes * prices.logGigabyte) / 1e9;
  return writeUnits * prices.writeUnit + readUnits * prices.readUnit + stored + gigabyteSecondsOfTelemetry(told) * prices.gigabyteSecond;
}

/** USD by service. */
export function usdOf(run: ReferenceRun, units: Units): Readonly<Record<string, number>> {
  const invocations = [...run.invocations].reduce((sum, [, count]) => sum + count, 0);
  const gigabyteSeconds = [...run.invocations].reduce((sum, [name, count]) => sum + count * gigabyteSecondsOf(name), 0);
  const tasks = ['AcquireCapacity', 'AwaitNodes', 'RunStep', 'DestroyNodes', 'FinishJob'];
  // Tasks belong to the trace of their execution; the sampling takes nearly all of what comes one at a time.
  const traces = 1 + [...run.invocations].reduce((sum, [name, count]) => sum + (tasks.includes(name) ? 0 : count), 0);
  const gets = run.sent.reduce((sum, { step, nodes }) => sum + (step.ranks === 'all' ? nodes.length : 1), 0);
  // Made before the first step that takes it along.
  const secrets = new Set(run.sent.filter(({ clusterFiles }) => clusterFiles !== undefined).map(({ attempt }) => attempt)).size;
  return {
    'Step Functions': run.transitions * prices.stateTransition,
    Lambda: invocations * prices.invocation + gigabyteSeconds * prices.gigabyteSecond,
    DynamoDB: units.writeUnits * prices.writeUnit + units.readUnits * prices.readUnit,
    'X-Ray': traces * prices.trace,
    S3: (run.sent.length + secrets) * prices.s3Put + gets * prices.s3Get,
    'CloudWatch Logs': ((invocations * LOG_BYTES) / 1e9) * prices.logGigabyte,
    EventBridge: run.events.length * prices.customEvent,
    'API Gateway': prices.restRequest,
  };
}

function gigabyteSecondsOf(name: string): number {
  const deployed = running[name];
  if (deployed === undefined) throw new Error(`benchmarks/footprint/prices.ts does not say how long ${name} runs.`);
  return deployed.gigabytes * deployed.seconds;
}
