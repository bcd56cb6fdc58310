import { DEFAULT_PROVIDER } from '../capacity/provider-registry.ts';
import type { Job, JobEvent } from '../job/job.ts';
import { isTerminal, jobStates } from '../lifecycle/states.ts';
import type { ClosedSpan } from '../trace/closed-spans.ts';
import { measurement, type Measurement } from './catalogue.ts';
import { namespaceDimension } from './dimensions.ts';
import { priorityAt, priorityClass } from './job-dimensions.ts';
import { endMeasurements, type MeasuredDeployment } from './of-end.ts';
import { launchMeasurements } from './of-launches.ts';

/** Entries of one job's history that are news, and what is known beside them. */
export interface News {
  readonly job: Job;
  /** Complete up to the last of `entries`; absent: only ends are measured. */
  readonly history?: readonly JobEvent[];
  readonly entries: readonly JobEvent[];
  /** That the entries close. */
  readonly spans: readonly ClosedSpan[];
}

/**
 * What entries of a history measure. Each entry measures the same whatever came with it; what is delivered twice is counted
 * twice, which the stream does only where whoever reads it has failed. Rehearsals measure nothing.
 */
export function historyMeasurements(deployment: MeasuredDeployment, { job, history, entries, spans }: News): readonly Measurement[] {
  if ((job.provider ?? DEFAULT_PROVIDER) !== DEFAULT_PROVIDER) return [];
  return [
    ...entries.flatMap((entry) => [...(history === undefined ? [] : ofEntry(deployment, job, history, entry)), ...endMeasurements(deployment, job, history, entry)]),
    ...spans.flatMap(ofState),
    ...launchMeasurements(entries, spans),
  ];
}

function ofEntry({ namespaces }: MeasuredDeployment, job: Job, history: readonly JobEvent[], entry: JobEvent): readonly Measurement[] {
  const Namespace = namespaceDimension(namespaces, entry.namespace);
  switch (entry.type) {
    case 'JobSubmitted':
      return [measurement('JobsSubmitted', 1, { Namespace })];
    case 'StateChanged':
      return entry.from === 'PENDING' && entry.to === 'ACQUIRING_CAPACITY' ? [measurement('JobsAdmitted', 1, { Namespace })] : [];
    case 'CapacityAcquired':
      return [measurement('SecondsToCapacity', secondsToCapacity(job, history, entry), { PriorityClass: priorityClass(priorityAt(job, history, entry)) })];
    case 'NodeInterrupted':
      return entry.data?.['kind'] === 'rebalance' ? [] : [measurement('NodesInterrupted', 1, {})];
    case 'NodeLost':
      return [measurement('NodesLost', countIn(entry), {})];
    default:
      return [];
  }
}

/** From when the attempt came into the queue: the submission, or what ended the attempt before. */
function secondsToCapacity({ submittedAtMs }: Job, history: readonly JobEvent[], entry: JobEvent): number {
  const queued = history.findLast(({ number, type, to }) => number < entry.number && (to === 'PENDING' || type === 'AttemptRetried'));
  return Math.max(0, entry.atMs - (queued?.atMs ?? submittedAtMs)) / 1000;
}

function countIn({ data }: JobEvent): number {
  const nodes: unknown = data?.['nodes'];
  return typeof nodes === 'number' ? nodes : 1;
}

/** States that a job ends in are not left. */
function ofState({ subject, name, startMs, endMs }: ClosedSpan): readonly Measurement[] {
  const State = jobStates.find((state) => state === name);
  return subject !== 'state' || State === undefined || isTerminal(State) ? [] : [measurement('SecondsInState', (endMs - startMs) / 1000, { State })];
}
