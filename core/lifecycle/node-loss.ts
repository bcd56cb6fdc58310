import type { LaunchRecord, ProviderInstance } from '../capacity/gang.ts';
import type { EpochMs } from '../job/ids.ts';
import type { Job, Node } from '../job/job.ts';
import { nameNodes } from '../job/name-nodes.ts';
import type { NodeLossVerdict } from '../ports/runtime.ts';
import type { TaskAnswer } from './task.ts';

/** EC2 shows an instance within seconds of its launch; a minute is generous. */
const VISIBLE_AFTER_MS = 60_000;

/** Whether a node has not been taken out of its attempt. */
export const isThere = (node: Node): boolean => node.goneAtMs === undefined;

/** Whether the loss of a node concerns a job that is where it is: all its nodes until the run is over, then the head. */
export function needsNode({ state }: Pick<Job, 'state'>, node: Node): boolean {
  if (!isThere(node)) return false;
  return state === 'CONFIGURING' || state === 'RUNNING' || (state === 'POST_RUN' && node.rank === 0);
}

/**
 * Nodes whose instance runs no longer, or is not to be seen: one that was launched just now may not be visible yet, and is
 * looked for the next time.
 *
 * @param patienceMs for how long the deployment gives the benefit of the doubt; a minute at most, which is what EC2 may take
 */
export function missingNodes(nodes: readonly Node[], instances: readonly ProviderInstance[], nowMs: EpochMs, patienceMs = VISIBLE_AFTER_MS): readonly Node[] {
  const visibleFromMs = nowMs - Math.min(VISIBLE_AFTER_MS, patienceMs);
  const states = new Map(instances.map(({ instanceId, state }) => [instanceId, state]));
  return nodes.filter((node) => {
    const state = states.get(node.instanceId);
    if (!isThere(node) || state === 'pending' || state === 'running') return false;
    return state !== undefined || node.launchedAtMs < visibleFromMs;
  });
}

/**
 * What whoever waits is told of nodes that are lost: they are replaced where the runtime says so of each of them and the
 * run is not over, else the attempt is interrupted, and its retry policy decides whether there is another.
 */
export function lossAnswer({ state }: Pick<Job, 'state'>, lost: readonly Node[], verdicts: readonly NodeLossVerdict[]): TaskAnswer {
  const verb = lost.length === 1 ? 'runs' : 'run';
  const reason = { code: 'NodeLost', message: `${nameNodes(lost)} no longer ${verb}.` };
  return { kind: canReplace(verdicts) && (state === 'CONFIGURING' || state === 'RUNNING') ? 'replace' : 'interrupted', reason };
}

/** What the failure of a run means that came with the loss of nodes: processes that talk to a node fail when it is gone. */
export function failedByLoss(failed: TaskAnswer, message = 'The run failed while lost nodes were replaced.'): TaskAnswer {
  return { ...failed, kind: 'interrupted', reason: { code: 'NodeLost', message: `${message} ${failed.reason?.message ?? ''}`.trim() } };
}

/** Whether an attempt can go on without these nodes once others are in their place. */
export function canReplace(verdicts: readonly NodeLossVerdict[]): boolean {
  return verdicts.every((verdict) => verdict === 'replace');
}

/** The nodes to replace now, or that the attempt has replaced as often as it may. */
export type ReplacementPlan =
  | { readonly kind: 'replace'; readonly nodes: readonly Node[] }
  | { readonly kind: 'exhausted'; readonly spent: number };

/**
 * Which nodes are replaced next. A replacement that was begun is finished first, with the very nodes that it was begun
 * for: its machines may run already, and other nodes would make it another launch. Nodes of a pool and zone that are
 * replaced together count once.
 */
export function planReplacement(nodes: readonly Node[], missing: readonly Node[], launches: readonly LaunchRecord[], most: number): ReplacementPlan {
  const groups = Map.groupBy(launches.filter(({ replaces }) => replaces !== undefined), ({ replaces = [] }) => replaces.toSorted().join(' '));
  for (const group of groups.values()) {
    const last = group.toSorted((a, b) => a.ordinal - b.ordinal).at(-1);
    const begunFor = nodes.filter((node) => isThere(node) && last?.replaces?.includes(node.instanceId));
    if (begunFor.length > 0 && last?.ends !== 'turn') return { kind: 'replace', nodes: begunFor };
  }
  return groups.size >= most ? { kind: 'exhausted', spent: groups.size } : { kind: 'replace', nodes: missing };
}

/** The nodes of the attempt once `fresh` ones stand in the places of `replaced`; what was replaced was paid for and stays known. */
export function withReplacements(nodes: readonly Node[], replaced: readonly Node[], fresh: readonly Node[], nowMs: EpochMs): readonly Node[] {
  const byRank = new Map(fresh.map((node) => [node.rank, node]));
  const out = new Set(replaced.map(({ instanceId }) => instanceId));
  const inPlace = nodes.filter(isThere).flatMap((node) => (out.has(node.instanceId) ? (byRank.get(node.rank) ?? []) : [node]));
  return [...inPlace, ...nodes.filter((node) => !isThere(node)), ...replaced.map((node) => ({ ...node, goneAtMs: nowMs }))];
}
