import type { Job } from '../job/job.ts';
import type { ParkedEntry } from '../lifecycle/change.ts';
import type { ShareUse } from '../scheduling/snapshot.ts';
import { measurement, type Measurement } from './catalogue.ts';
import { namespaceDimension } from './dimensions.ts';
import { priorityClass, priorityClasses } from './job-dimensions.ts';
import { queuedAt, type LanesSeen, type LaneWaits } from './lane-waits.ts';

/** What a cycle saw of the queue, and what it did: all of it was read for the cycle itself. */
export interface QueueSeen extends Omit<LanesSeen, 'left'> {
  readonly uses: readonly ShareUse[];
  readonly admitted: readonly Pick<Job, 'jobId' | 'namespace' | 'demand'>[];
  readonly turns: readonly Pick<ParkedEntry, 'namespace' | 'demand'>[];
  readonly parked: readonly Pick<ParkedEntry, 'priority' | 'submittedAtMs' | 'queuedAtMs' | 'hold'>[];
}

interface NamespaceSums {
  pending: number;
  nodes: number;
  waitMs: number;
}

/**
 * The queue as it is after a cycle, by namespace. Those that the configuration names are in it whether or not they have
 * jobs: what has stopped being reported looks as if it went on.
 *
 * @param named the namespaces that the configuration names
 */
export function queueMeasurements(seen: QueueSeen, waits: LaneWaits, named: Readonly<Record<string, unknown>>, nowMs: number): readonly Measurement[] {
  const sums = new Map<string, NamespaceSums>();
  const of = (namespace: string): NamespaceSums => {
    const Namespace = namespaceDimension(named, namespace);
    const known = sums.get(Namespace) ?? { pending: 0, nodes: 0, waitMs: 0 };
    sums.set(Namespace, known);
    return known;
  };
  for (const namespace of Object.keys(named)) of(namespace);
  for (const { namespace, pending } of seen.lanes) of(namespace).pending += Math.max(0, pending);
  for (const { namespace } of seen.admitted) of(namespace).pending -= 1;
  for (const { namespace, nodes } of [...seen.uses, ...[...seen.admitted, ...seen.turns].map(held)]) of(namespace).nodes += nodes;
  for (const { namespace, sinceMs } of waits.values()) of(namespace).waitMs = Math.max(of(namespace).waitMs, nowMs - sinceMs);
  return [
    ...[...sums].flatMap(([Namespace, sum]) => inNamespace(Namespace, sum)),
    measurement('LongestWaitSeconds', Math.max(0, ...[...sums.values()].map(({ waitMs }) => waitMs)) / 1000, {}),
    ...capacityWaits(seen.parked, nowMs),
  ];
}

/** By the clock of `SecondsToCapacity`: who is parked so long will be late by that, if there is ever anything. One whose turn it is may get it now. */
function capacityWaits(parked: QueueSeen['parked'], nowMs: number): readonly Measurement[] {
  const byClass = Map.groupBy(parked.filter(({ hold }) => hold === undefined), ({ priority }) => priorityClass(priority));
  return priorityClasses.map((PriorityClass) => {
    const longestMs = Math.max(0, ...(byClass.get(PriorityClass) ?? []).map((entry) => nowMs - queuedAt(entry)));
    return measurement('CapacityWaitSeconds', longestMs / 1000, { PriorityClass });
  });
}

const held = ({ namespace, demand: { nodes } }: QueueSeen['turns'][number]) => ({ namespace, nodes });

/** A job that was admitted as it came may not have been counted yet where it waited. */
function inNamespace(Namespace: string, { pending, nodes, waitMs }: NamespaceSums): readonly Measurement[] {
  return [
    measurement('QueueDepth', Math.max(0, pending), { Namespace }),
    measurement('OldestWaitSeconds', waitMs / 1000, { Namespace }),
    measurement('RunningNodes', nodes, { Namespace }),
  ];
}
