import { epochMs } from '../../core/job/ids.ts';
import type { QueueEntry } from '../../core/lifecycle/change.ts';
import { bandAt, byRank } from '../../core/queue/order.ts';
import { usageAt, usageBase, usageBetween } from '../../core/scheduling/usage.ts';
import { BaselineTree, type Place } from './baseline-tree.ts';
import type { World } from './world.ts';

type Input = Pick<World, 'uses' | 'policy' | 'nowMs'> & { readonly waiting: readonly QueueEntry[] };

/**
 * The straightforward way: every cycle sorts all waiting jobs and, for each start, looks at the next job of every user.
 * It gives in the same order, keeps the same limits and charges the same, but knows nothing of equal jobs, keeps no
 * heap, reserves nothing for a job that waits and looks at every job there is. Answers the jobs that start, in order.
 */
export function planBySorting({ waiting, uses, policy, nowMs }: Input): QueueEntry[] {
  const tree = new BaselineTree(policy);
  const base = usageBase(nowMs, policy.shares.halfLifeSeconds * 1000);
  const aheadMs = epochMs(nowMs + policy.chargeAheadMs);
  for (const use of uses) tree.hold(use, use, use.quotas, usageAt(use, aheadMs, base));
  for (const entry of waiting.toSorted(byRank)) tree.leafOf(entry).jobs.push(entry);
  const perRate = usageBetween(1, nowMs, aheadMs, base);
  const most = Math.min(policy.maxStarts, policy.shares.maxLaunchesInFlight);
  const started: QueueEntry[] = [];
  while (started.length < most) {
    const leaf = nextOf(tree.root, nowMs);
    const entry = leaf?.jobs[leaf.next];
    if (leaf === undefined || entry === undefined) break;
    leaf.next += 1;
    const quotas = tree.roomFor(entry);
    if (quotas === undefined) continue;
    tree.hold(entry, { ...entry.demand, runningJobs: 1 }, quotas, entry.demand.microUsdPerHour * perRate);
    started.push(entry);
  }
  return started;
}

/** The user under the place whose job is next: Slurm's Fair Tree, priority bands first. */
function nextOf(place: Place, nowMs: World['nowMs']): Place | undefined {
  if (place.children.length === 0) return place.next < place.jobs.length ? place : undefined;
  let best: { readonly child: Place; readonly leaf: Place } | undefined;
  for (const child of place.children) {
    const leaf = nextOf(child, nowMs);
    if (leaf !== undefined && (best === undefined || isBefore({ child, leaf }, best, nowMs))) best = { child, leaf };
  }
  return best?.leaf;
}

interface Contender {
  readonly child: Place;
  readonly leaf: Place;
}

function isBefore(a: Contender, b: Contender, nowMs: World['nowMs']): boolean {
  const [x, y] = [a.leaf.jobs[a.leaf.next], b.leaf.jobs[b.leaf.next]];
  if (x === undefined || y === undefined) return x !== undefined;
  return (bandAt(y, nowMs) - bandAt(x, nowMs) || a.child.usage / a.child.weight - b.child.usage / b.child.weight || byRank(x, y)) < 0;
}
