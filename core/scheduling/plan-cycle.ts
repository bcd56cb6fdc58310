import type { EpochMs } from '../job/ids.ts';
import type { Reason } from '../job/job.ts';
import type { ParkedEntry, QueueEntry } from '../lifecycle/change.ts';

/** What a leaf share holds now, counted by the scheduler alone. */
export interface ShareUse {
  readonly namespace: string;
  readonly runningJobs: number;
  readonly nodes: number;
  readonly microUsdPerHour: number;
}

/** Limits and weights of a deployment. */
export interface SchedulingPolicy {
  /** Jobs that may hold limits at once. */
  readonly maxRunningJobs: number;
  /** Weight of a namespace's share; 1 where none is named. */
  readonly weights: Readonly<Record<string, number>>;
}

/** What a cycle decides on. `queues` holds the first entries of each leaf, best first. */
export interface QueueSnapshot {
  readonly uses: readonly ShareUse[];
  readonly queues: readonly { readonly namespace: string; readonly entries: readonly QueueEntry[] }[];
  readonly parked: readonly ParkedEntry[];
}

/** What a cycle decides. Same input, same plan. */
export interface CyclePlan {
  readonly admissions: readonly QueueEntry[];
  readonly turns: readonly ParkedEntry[];
  readonly waiting: Readonly<Record<string, Reason>>;
}

export type PlanCycle = (snapshot: QueueSnapshot, policy: SchedulingPolicy, nowMs: EpochMs) => CyclePlan;

/** A parked job or a queue entry, as they compete for the same slots. */
interface Candidate {
  readonly namespace: string;
  readonly priority: number;
  readonly submittedAtMs: EpochMs;
  readonly jobId: string;
  readonly microUsdPerHour: number;
  readonly source: { readonly kind: 'queued'; readonly entry: QueueEntry } | { readonly kind: 'parked'; readonly entry: ParkedEntry };
}

/** The candidates of one leaf, best first, and how much of the deployment its namespace holds. */
interface Leaf {
  readonly namespace: string;
  readonly weight: number;
  held: number;
  readonly candidates: readonly Candidate[];
  next: number;
}

const candidate = (source: Candidate['source']): Candidate => ({
  namespace: source.entry.namespace,
  priority: source.entry.priority,
  submittedAtMs: source.entry.submittedAtMs,
  jobId: source.entry.jobId,
  microUsdPerHour: source.entry.demand.microUsdPerHour,
  source,
});

/** Within a leaf: priority, then submission time, then id. Total, so that the same input gives the same plan. */
function byOrder(a: Candidate, b: Candidate): number {
  return b.priority - a.priority || a.submittedAtMs - b.submittedAtMs || (a.jobId < b.jobId ? -1 : a.jobId > b.jobId ? 1 : 0);
}

function leavesOf(snapshot: QueueSnapshot, policy: SchedulingPolicy, nowMs: EpochMs): Leaf[] {
  const byNamespace = new Map<string, Candidate[]>();
  const add = (c: Candidate): void => {
    const list = byNamespace.get(c.namespace);
    if (list === undefined) byNamespace.set(c.namespace, [c]);
    else list.push(c);
  };
  for (const queue of snapshot.queues) for (const entry of queue.entries) add(candidate({ kind: 'queued', entry }));
  for (const entry of snapshot.parked) {
    if (entry.turnGivenAtMs === undefined && entry.untilMs <= nowMs) add(candidate({ kind: 'parked', entry }));
  }
  const held = new Map(snapshot.uses.map((use) => [use.namespace, use.microUsdPerHour]));
  return [...byNamespace].map(([namespace, candidates]) => ({
    namespace,
    weight: policy.weights[namespace] ?? 1,
    held: held.get(namespace) ?? 0,
    candidates: candidates.toSorted(byOrder),
    next: 0,
  }));
}

/** Between leaves: priority of the best candidate, then what the share holds by weight, then submission time, then id. */
function better(a: Leaf, b: Leaf): boolean {
  const x = a.candidates[a.next];
  const y = b.candidates[b.next];
  if (x === undefined) return false;
  if (y === undefined) return true;
  if (x.priority !== y.priority) return x.priority > y.priority;
  const share = a.held * b.weight - b.held * a.weight;
  return share === 0 ? byOrder(x, y) < 0 : share < 0;
}

function best(leaves: readonly Leaf[]): Leaf | undefined {
  const first = leaves.find((leaf) => leaf.next < leaf.candidates.length);
  return leaves.reduce((top, leaf) => (top !== undefined && better(leaf, top) ? leaf : top), first);
}

function waitingReason(policy: SchedulingPolicy, running: number): Reason {
  return {
    code: 'RunningJobsLimit',
    message: `${running} of the ${policy.maxRunningJobs} jobs that may run at once are running. A job starts when one of them ends: highest priority first, then the namespace that holds least for its weight, then the earliest submitted.`,
  };
}

/**
 * Gives the free slots away one by one: to the highest priority, then to the namespace that holds least list-price USD
 * per hour for its weight (so that equal shares converge on equal spending), then to the earliest submission. A parked
 * job whose time has come competes like a queued one, since a turn takes its limits again.
 */
export const planCycle: PlanCycle = (snapshot, policy, nowMs) => {
  const leaves = leavesOf(snapshot, policy, nowMs);
  const running = snapshot.uses.reduce((sum, use) => sum + use.runningJobs, 0);
  const admissions: QueueEntry[] = [];
  const turns: ParkedEntry[] = [];
  for (let free = policy.maxRunningJobs - running; free > 0; free -= 1) {
    const leaf = best(leaves);
    const chosen = leaf?.candidates[leaf.next];
    if (leaf === undefined || chosen === undefined) break;
    leaf.next += 1;
    leaf.held += chosen.microUsdPerHour;
    if (chosen.source.kind === 'parked') turns.push(chosen.source.entry);
    else admissions.push(chosen.source.entry);
  }
  const taken = running + admissions.length + turns.length;
  const waiting = leaves
    .filter((leaf) => leaf.next < leaf.candidates.length)
    .map((leaf) => [leaf.namespace, waitingReason(policy, taken)] as const);
  return { admissions, turns, waiting: Object.fromEntries(waiting) };
};
