import type { GangRequest } from '../../core/capacity/gang.ts';
import { epochMs, jobId, microUsd, type EpochMs } from '../../core/job/ids.ts';
import type { Demand } from '../../core/job/job.ts';
import type { QueueEntry } from '../../core/lifecycle/change.ts';
import { laneOf, shapeOf } from '../../core/queue/lane.ts';

/** The offering that is dead: the only one that some jobs may be launched as. */
export const DEAD = { instanceType: 'p5.48xlarge', zone: 'us-east-1a', market: 'spot' } as const;
/** What the others want, each one of it; there is enough. */
export const OTHERS = ['c6i.large', 'c6i.xlarge', 'm6i.large', 'm6i.xlarge', 'r6i.large'] as const;
/** Machines of each job. */
export const NODES = 4;

/** A job of the storm. */
export interface StormJob {
  readonly entry: QueueEntry;
  readonly gang: GangRequest;
  readonly wantsDead: boolean;
}

/** How many jobs come at once. */
export interface StormSize {
  readonly dead: number;
  readonly others: number;
}

const USERS = 8;
const HOLD_SECONDS = 6 * 3600;

/** The jobs, in the order of their submission: those that want the dead offering come first, and users have of both. */
export function stormJobs({ dead, others }: StormSize, beganMs: EpochMs): StormJob[] {
  return Array.from({ length: dead + others }, (_, index) => {
    const wantsDead = index < dead;
    return stormJob(index, wantsDead ? DEAD.instanceType : (OTHERS[index % OTHERS.length] ?? OTHERS[0]), wantsDead, epochMs(beganMs + index));
  });
}

function stormJob(index: number, instanceType: string, wantsDead: boolean, submittedAtMs: EpochMs): StormJob {
  const id = jobId(`01storm${String(index).padStart(19, '0')}`);
  const zones = [DEAD.zone];
  const vcpus = NODES * 4;
  const demand: Demand = { nodes: NODES, vcpus, gpus: 0, microUsdPerHour: microUsd(NODES * 200_000), zones, pools: [{ nodes: NODES, vcpus, types: [instanceType], markets: [DEAD.market] }] };
  return {
    wantsDead,
    entry: {
      jobId: id, namespace: 'storm', user: `user${index % USERS}`, lane: laneOf(demand), shape: shapeOf(demand, HOLD_SECONDS),
      priority: 500, submittedAtMs, demand, holdSeconds: HOLD_SECONDS,
    },
    gang: {
      jobId: id, attempt: 1, namespace: 'storm', labels: {}, region: 'us-east-1', zones, spread: 'Prefer',
      pools: [{ pool: 'workers', count: NODES, instanceTypes: [instanceType], purchaseOption: 'Spot', mix: 'Any', efa: false }],
    },
  };
}
