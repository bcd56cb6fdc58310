import type { JobId } from '../job/ids.ts';
import type { QueueEntry } from '../lifecycle/change.ts';
import { vectorOf } from './amounts.ts';
import type { CycleLayout } from './cycle-layout.ts';
import type { Limits } from './limits.ts';
import type { CrowdedShape, CyclePlan, HeldShape, LimitPlace, Seeker } from './plan.ts';
import { laneId, leafId, type ShareNode } from './share-nodes.ts';
import type { LaneWindow } from './snapshot.ts';

interface Cycle {
  readonly isShort: (entry: QueueEntry) => boolean;
  readonly started: ReadonlySet<JobId>;
  /** Whoever does no more than find out for the others, those too that start in this cycle. */
  readonly dead: readonly Seeker[];
}

/** Of the shapes that are not to be had, which have room beside what is held, and which have none. What the seekers hold is free. */
export function shortShapes(windows: readonly LaneWindow[], layout: CycleLayout, { isShort, started, dead }: Cycle): Pick<CyclePlan, 'held' | 'crowded'> {
  const limits = withoutSeekers(layout, dead);
  const held: HeldShape[] = [];
  const crowded: CrowdedShape[] = [];
  for (const { namespace, user, lane, entries } of windows) {
    const leaf = layout.leaves.get(leafId({ namespace, user }));
    if (leaf === undefined) continue;
    const alike = new Map(entries.filter(({ jobId }) => !started.has(jobId)).map((entry) => [entry.shape, entry]));
    for (const [shape, entry] of alike) {
      if (!isShort(entry)) continue;
      const place = placeWithoutRoom(limits, layout, leaf, entry);
      if (place === undefined) held.push({ namespace, user, lane, shape });
      else crowded.push({ namespace, user, lane, shape, ...place });
    }
  }
  return { held: inOrder(held), crowded: inOrder(crowded) };
}

/** A plan does not depend on the order of its input. */
function inOrder<Shape extends HeldShape>(shapes: readonly Shape[]): readonly Shape[] {
  const named = new Map(shapes.map((each) => [`${laneId(each)} ${each.shape}`, each]));
  return [...named].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

function withoutSeekers({ limits, leaves }: CycleLayout, dead: readonly Seeker[]): Limits {
  if (dead.length === 0) return limits;
  const without = limits.copy();
  for (const { entry, quotas } of dead) {
    const leaf = leaves.get(leafId(entry));
    if (leaf !== undefined) without.charge({ leaf, vector: vectorOf(entry.demand) }, quotas, -1);
  }
  return without;
}

/** The first on the leaf's path that is full, else the one that lacks room for the job. */
function placeWithoutRoom(limits: Limits, { nodes, parents }: CycleLayout, leaf: number, { demand }: QueueEntry): Pick<CrowdedShape, 'place' | 'isFull'> | undefined {
  const verdict = limits.verdict({ leaf, vector: vectorOf(demand), pools: demand.pools });
  if (verdict.kind === 'fits') return undefined;
  for (let node = leaf; node >= 0; node = parents[node] ?? -1) if (limits.tree.isFull(node)) return { place: placeOf(nodes[node]), isFull: true };
  return { place: placeOf(verdict.kind === 'tree' ? nodes[verdict.obstacle.node] : undefined), isFull: false };
}

const placeOf = (node: ShareNode | undefined): LimitPlace => node?.place ?? { kind: 'deployment' };
