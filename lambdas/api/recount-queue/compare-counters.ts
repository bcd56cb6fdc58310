import type { Deployment } from '../../../core/deployment/deployment.ts';
import type { EpochMs } from '../../../core/job/ids.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { JobStore } from '../../../core/ports/job-store.ts';
import type { Lease, SchedulerStore } from '../../../core/ports/scheduler-store.ts';
import { countHolders, holdDrifts, pendingDrifts, repairedUses, type Drift } from '../../../core/scheduling/recount.ts';
import { defaultShareTree } from '../../../core/shares/share-tree.ts';
import type { LaneCount, ShareUse } from '../../../core/scheduling/snapshot.ts';
import { usageBase } from '../../../core/scheduling/usage.ts';
import { readActiveAttempts, readHolds, type JobHold } from '../../queue/read-holders.ts';
import { countLanes } from './count-lanes.ts';
import { lostLanes } from './lost-lanes.ts';

export interface ComparePorts {
  readonly store: Pick<SchedulerStore, 'overview' | 'window'>;
  readonly jobs: Pick<JobStore, 'get' | 'list' | 'activeAttempts'>;
  readonly clock: Clock;
  readonly deployment: Pick<Deployment, 'namespaces'>;
}

/** What is counted and what is so, and what would have to be written to make them one. */
export interface Comparison {
  readonly drifts: readonly Drift[];
  readonly uses: readonly ShareUse[];
  readonly lanes: readonly LaneCount[];
  readonly lanesNotCounted: number;
  /** When the lanes were begun to be counted. */
  readonly countedFromMs: EpochMs;
}

/**
 * Compares counters with jobs, under the lease: nobody else admits meanwhile, but jobs end and are submitted.
 *
 * Jobs are looked at before the counters. One that ends in between still counts, in its note or in itself, once. The
 * list of jobs lags a little behind; those that were admitted last are named by the lease.
 */
export async function compareCounters(ports: ComparePorts, lease: Lease, untilMs: number): Promise<Comparison> {
  const holders = await readAllHolders(ports, lease);
  const countedFromMs = ports.clock.now();
  const { uses, lanes: known, releases, shares } = await ports.store.overview();
  const ended = releases.map(({ jobId, namespace, user, amounts, hold }): JobHold => ({ jobId, namespace, user, amounts, hold }));
  const actual = countHolders([...new Map([...holders, ...ended].map((holder) => [holdId(holder), holder])).values()]);
  const inKnown = await countLanes(ports, known, untilMs);
  const namespaces = new Set([...Object.keys(ports.deployment.namespaces), ...[...known, ...uses].map(({ namespace }) => namespace)]);
  const lost = await lostLanes(ports, namespaces, known, untilMs);
  const [lanes, waiting] = [[...known, ...lost], [...inKnown, ...(await countLanes(ports, lost, untilMs))]];
  const wrongLanes = pendingDrifts(lanes, waiting);
  const base = usageBase(countedFromMs, (shares?.tree ?? defaultShareTree).halfLifeSeconds * 1000);
  return {
    drifts: [...holdDrifts(uses, actual), ...wrongLanes],
    uses: repairedUses(uses, actual, countedFromMs, base),
    lanes: wrongLanes.map(({ namespace, user, lane = '', actual: pending }) => ({ namespace, user, lane, pending })),
    lanesNotCounted: lanes.length - waiting.length,
    countedFromMs,
  };
}

/** A job holds at most once from one moment on. */
const holdId = ({ jobId, hold }: JobHold): string => `${jobId}/${hold.sinceMs}`;

async function readAllHolders({ jobs }: ComparePorts, { launching }: Lease): Promise<readonly JobHold[]> {
  const attempts = await readActiveAttempts(jobs);
  return readHolds(jobs, [...new Set([...attempts.map(({ jobId }) => jobId), ...launching])]);
}
