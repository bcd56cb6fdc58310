import type { EpochMs } from '../job/ids.ts';
import type { QueueEntry } from '../lifecycle/change.ts';

/** A job has just come for so long: as long as it takes until offerings may be asked for early. */
const NEWCOMER_MS = 120_000;
/** So many jobs of a shape make a crowd. */
const CROWD = 10;

/**
 * Shapes of which one job may ask early for offerings that cool: where a job has just come, and where many have not had a
 * turn yet, so that a call serves them all. Which of them asks, those that are parked too, is for the order of the queue.
 */
export function earlyShapes(lanes: readonly { readonly entries: readonly Pick<QueueEntry, 'shape' | 'submittedAtMs'>[] }[], nowMs: EpochMs): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const { entries } of lanes) {
    for (const { shape, submittedAtMs } of entries) counts.set(shape, (counts.get(shape) ?? 0) + (nowMs - submittedAtMs < NEWCOMER_MS ? CROWD : 1));
  }
  return new Set([...counts].filter(([, count]) => count >= CROWD).map(([shape]) => shape));
}
