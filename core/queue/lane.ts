import type { Demand } from '../job/job.ts';

/** Whose jobs: the leaf of the share tree. */
export interface LeafKey {
  readonly namespace: string;
  /** Any text. */
  readonly user: string;
}

/**
 * A part of a user's queue. Jobs that may be launched as the same offerings share a lane, so that a thousand jobs for
 * which there are no GPUs do not stand before one that needs none: the scheduler reads the front of each lane.
 */
export interface LaneKey extends LeafKey {
  /** One of sixteen. */
  readonly lane: string;
}

/**
 * The lane of a demand: by what it may be launched as, not by how much of it. It is part of the keys that waiting jobs are
 * stored under: a release that finds another lane, for another `hash` too, does not find the entries of the one before,
 * neither to start nor to cancel them. So changing it takes rewriting every `QUEUE#` entry and `LANE#` count.
 */
export function laneOf({ pools, zones }: Pick<Demand, 'pools' | 'zones'>): string {
  return hash(JSON.stringify([pools.map(({ types, markets }) => [types, markets]), zones])).slice(0, 1);
}

/** The shape of a job: everything that the scheduler asks when it looks whether it may start. */
export function shapeOf(demand: Demand, holdSeconds: number | undefined): string {
  const { nodes, vcpus, gpus, microUsdPerHour, pools, zones } = demand;
  return hash(JSON.stringify([nodes, vcpus, gpus, microUsdPerHour, pools.map((pool) => [pool.nodes, pool.vcpus, pool.types, pool.markets, ...(pool.zones === undefined ? [] : [pool.zones])]), zones, holdSeconds]));
}

/** FNV-1a over 64 bits in two halves, 16 hexadecimal digits: it tells shapes apart, it protects nothing. */
function hash(text: string): string {
  let low = 0x811c9dc5;
  let high = 0x01000193;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit ^ (low >>> 16), 0x85ebca6b);
  }
  return [high, low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}
