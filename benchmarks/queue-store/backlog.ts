import { epochMs, jobId, microUsd, type EpochMs } from '../../core/job/ids.ts';
import type { Demand, Job, PoolNeed } from '../../core/job/job.ts';
import type { QueueEntry } from '../../core/lifecycle/change.ts';
import { queueEntryOf } from '../../core/lifecycle/queue-entry.ts';
import { laneOf, type LaneKey, type LeafKey } from '../../core/queue/lane.ts';
import type { LaneCount } from '../../core/scheduling/snapshot.ts';
import { aJob } from '../../test/builders/job.ts';

/** Who waits: ten namespaces of ten users each. */
export const LEAVES = 100;
/** What a job may be launched as, by pools; each is a lane of its user. */
const KINDS: readonly (readonly Pick<PoolNeed, 'types' | 'markets'>[])[] = [
  [{ types: ['m6i.xlarge'], markets: ['on-demand'] }],
  [{ types: ['c6i.2xlarge', 'c5.2xlarge', 'm6i.2xlarge'], markets: ['spot', 'on-demand'] }],
  [{ types: ['p4d.24xlarge'], markets: ['on-demand'] }],
  [{ types: ['m6i.xlarge'], markets: ['on-demand'] }, { types: ['g5.xlarge', 'g5.2xlarge'], markets: ['spot'] }],
];
export const LANES = LEAVES * KINDS.length;
/** Nodes of a pool. Jobs of as many nodes are of one shape. */
const SIZES = [2, 4, 8, 16] as const;
/** Nodes of every job that is there to be admitted. */
export const NODES_OF_FRONT_JOB = 4;
/** Jobs that are there to be admitted: two a user. */
export const FRONT_JOBS = 2 * LEAVES;
const ID_DIGITS = 23;

function leafOf(n: number): LeafKey {
  const leaf = n % LEAVES;
  return { namespace: `lab-${Math.floor(leaf / 10)}`, user: `user-${leaf}` };
}

function demandOf(kind: number, nodes: number): Demand {
  const pools = (KINDS[kind] ?? []).map((pool) => ({ ...pool, nodes, vcpus: nodes * 8 }));
  const all = nodes * pools.length;
  return { nodes: all, vcpus: all * 8, gpus: 0, microUsdPerHour: microUsd(all * 384_000), pools, zones: [] };
}

/** The n-th job that waits behind those of the front: leaves, then lanes, then sizes take turns. */
export function backlogEntry(n: number, sinceMs: EpochMs): QueueEntry {
  const kind = Math.floor(n / LEAVES) % KINDS.length;
  const nodes = SIZES[Math.floor(n / LEAVES / KINDS.length) % SIZES.length] ?? SIZES[0];
  return queueEntryOf(waitingJob(`02j${String(n).padStart(ID_DIGITS, '0')}`, leafOf(n), demandOf(kind, nodes), epochMs(sinceMs + n)));
}

/** The n-th job that is there in full, not as an entry alone: the first of them are the first of their users. */
export function frontJob(n: number, sinceMs: EpochMs): Job {
  return waitingJob(`01j${String(n).padStart(ID_DIGITS, '0')}`, leafOf(n), demandOf(0, NODES_OF_FRONT_JOB), epochMs(sinceMs + n));
}

function waitingJob(id: string, leaf: LeafKey, demand: Demand, submittedAtMs: EpochMs): Job {
  return aJob({ jobId: jobId(id), ...leaf, demand, submittedAtMs, updatedAtMs: submittedAtMs });
}

/** Lanes with how many wait in each: of the first `backlog` entries, and all front jobs as if none had started. */
export function laneCounts(backlog: number): LaneCount[] {
  return Array.from({ length: LANES }, (_, n) => {
    const kind = Math.floor(n / LEAVES);
    const lane: LaneKey = { ...leafOf(n), lane: laneOf(demandOf(kind, 1)) };
    return { ...lane, pending: Math.ceil(Math.max(0, backlog - n) / LANES) + (kind === 0 ? FRONT_JOBS / LEAVES : 0) };
  });
}
