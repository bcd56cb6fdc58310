import { totalCost } from '../cost/pool-cost.ts';
import type { TelemetrySettings } from '../deployment/deployment.ts';
import type { CauseCode } from '../diagnosis/causes/causes.ts';
import { diagnose } from '../diagnosis/diagnose.ts';
import type { Job, JobEvent } from '../job/job.ts';
import { isTerminal } from '../lifecycle/states.ts';
import { measurement, type Measurement } from './catalogue.ts';
import { namespaceDimension } from './dimensions.ts';
import { labelDimension, priorityAt, priorityClass } from './job-dimensions.ts';

/** What measurements of jobs need to know of the deployment. */
export interface MeasuredDeployment {
  readonly namespaces: Readonly<Record<string, unknown>>;
  readonly telemetry: Pick<TelemetrySettings, 'costLabel'>;
}

/** Causes that say no more than that something went wrong. */
const unknownCauses: readonly CauseCode[] = ['Unexplained', 'InternalFailure'];

/**
 * What an attempt that was given nothing counts with as `SecondsToCapacity`, whatever it waited: longer than any promise may be
 * (30 days). With its own time it would count as kept wherever a manifest has less patience than the promise.
 */
export const NEVER_SECONDS = 31 * 86_400;

/** Whether an entry is the end of a job. */
export const isEnd = ({ to }: Pick<JobEvent, 'to'>): boolean => to !== undefined && isTerminal(to);

/**
 * Of an entry that may be the end of its job, of an attempt that was given nothing, or of its last machines.
 *
 * @param job as it was then, or later
 * @param history absent: it is not known, nor is whether the end has an explanation
 */
export function endMeasurements(deployment: MeasuredDeployment, job: Job, history: readonly JobEvent[] | undefined, entry: JobEvent): readonly Measurement[] {
  const isGone = entry.type === 'NodesGone' || (isEnd(entry) && entry.to !== 'DESTRUCTION_FAILED');
  return [
    ...(isEnd(entry) && job.outcome !== undefined ? [measurement('JobsEnded', 1, { Outcome: job.outcome })] : []),
    ...(isEnd(entry) && isUnexplained(job, history, entry) ? [measurement('JobsUnexplained', 1, {})] : []),
    ...(isGivenUp(entry) ? [measurement('SecondsToCapacity', NEVER_SECONDS, { PriorityClass: priorityClass(priorityAt(job, history ?? [], entry)) })] : []),
    ...(isGone ? costMeasurements(deployment, job) : []),
  ];
}

/** Whether an attempt ended without machines, once for each: another one follows, or the job is over. */
function isGivenUp(entry: JobEvent): boolean {
  return (isEnd(entry) || entry.type === 'AttemptRetried') && entry.data?.['outcome'] === 'NO_CAPACITY';
}

function isUnexplained(job: Job, history: readonly JobEvent[] | undefined, { atMs }: JobEvent): boolean {
  return history !== undefined && job.outcome === 'FAILED' && unknownCauses.includes(diagnose({ job, history, nowMs: atMs }).cause);
}

function costMeasurements({ namespaces, telemetry: { costLabel } }: MeasuredDeployment, { namespace, labels, cost = [] }: Job): readonly Measurement[] {
  const usd = totalCost(cost).microUsd / 1e6;
  return [
    measurement('JobCostUsd', usd, { Namespace: namespaceDimension(namespaces, namespace) }),
    ...(costLabel === undefined ? [] : [measurement('JobCostUsdByLabel', usd, { Label: labelDimension(costLabel, labels) })]),
  ];
}
