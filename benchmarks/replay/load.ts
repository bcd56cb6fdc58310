import { epochMs, jobId, microUsd, type EpochMs } from '../../core/job/ids.ts';
import type { Demand } from '../../core/job/job.ts';
import type { QueueEntry } from '../../core/lifecycle/change.ts';
import { laneOf, shapeOf, type LeafKey } from '../../core/queue/lane.ts';
import type { ShareTree } from '../../core/shares/share-tree.ts';

/** List price of one unit of a machine. Only its being the same for all matters: usage is compared, never shown. */
const MICRO_USD_PER_UNIT_HOUR = 50_000;

/** A job of a load: what a scheduler is told of it, and what only time tells. */
export interface LoadJob {
  /** What the scheduler knows. */
  readonly entry: QueueEntry;
  /** How long it runs once it has started, in milliseconds; within its bound, where it has one. */
  readonly runMs: number;
  /** For results by class. */
  readonly class?: string;
}

/** Jobs and the machine that they want: what a replay replays. */
export interface Load {
  /** Where it came from, for people. */
  readonly origin: string;
  /** Units of the machine: cores, nodes or CPUs, as `unit` says. A unit stands for a node in limits. */
  readonly capacity: number;
  readonly unit: string;
  readonly shares: ShareTree;
  /** By submission. */
  readonly jobs: readonly LoadJob[];
  /** What was left out or changed, for people. */
  readonly remarks: readonly string[];
}

/** What a source says of a job. */
export interface JobSketch extends LeafKey {
  /** Decides between jobs that are alike in all else: sources number their jobs. */
  readonly number: number;
  readonly priority: number;
  readonly submittedAtMs: EpochMs;
  readonly units: number;
  readonly runMs: number;
  /** What its user says it takes at the most; absent: nobody knows. */
  readonly boundSeconds?: number;
  readonly class?: string;
}

/** A job as the product would queue it: one pool of as many nodes as it takes units. */
export function loadJob({ number, namespace, user, priority, submittedAtMs, units, runMs, boundSeconds, class: jobClass }: JobSketch): LoadJob {
  const demand = demandOf(units);
  const entry = {
    jobId: jobId(String(number).padStart(8, '0')), namespace, user, priority, submittedAtMs, demand,
    lane: laneOf(demand), shape: shapeOf(demand, boundSeconds),
  };
  return {
    entry: boundSeconds === undefined ? entry : { ...entry, holdSeconds: boundSeconds },
    runMs: boundSeconds === undefined ? runMs : Math.min(runMs, boundSeconds * 1000),
    ...(jobClass === undefined ? {} : { class: jobClass }),
  };
}

function demandOf(units: number): Demand {
  return {
    nodes: units, vcpus: units, gpus: 0, microUsdPerHour: microUsd(units * MICRO_USD_PER_UNIT_HOUR),
    pools: [{ nodes: units, vcpus: units, types: ['m6i.large'], markets: ['on-demand'] }], zones: [],
  };
}

/** By submission, then by number. */
export function bySubmission(a: LoadJob, b: LoadJob): number {
  return a.entry.submittedAtMs - b.entry.submittedAtMs || (a.entry.jobId < b.entry.jobId ? -1 : 1);
}

/** The part of a load from one fraction of its jobs to another. */
export function partOf(load: Load, from: number, to: number): Load {
  const { length } = load.jobs;
  const jobs = load.jobs.slice(Math.floor(from * length), Math.ceil(to * length));
  return jobs.length === length ? load : { ...load, jobs, remarks: [...load.remarks, `${jobs.length} of ${length} jobs, from ${from} to ${to} of them`] };
}

/** A moment of simulated time. */
export const momentOf = (ms: number): EpochMs => epochMs(Math.round(ms));
