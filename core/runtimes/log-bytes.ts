import type { NodeStep } from './node-step.ts';

/** What a node may log in any case: enough to see what happened. */
export const LEAST_LOG_BYTES = 2 ** 20;

/**
 * Bytes that a step may log on a node together with the steps before it there, of which the node keeps account. Half of
 * what an attempt may log is for steps of the head node, where the job itself runs; half is for steps of all nodes, a
 * part for each.
 *
 * @param perAttempt bytes of output that are kept of an attempt
 * @param ranks where the step runs
 * @param nodes how many nodes the attempt has
 */
export function logBytesOf(perAttempt: number, ranks: NodeStep['ranks'], nodes: number): number {
  const half = perAttempt / 2;
  return Math.max(LEAST_LOG_BYTES, Math.floor(ranks === 'head' ? half : half / Math.max(1, nodes)));
}
