import { EARLY_MS } from '../capacity/half-open.ts';
import type { EpochMs } from '../job/ids.ts';
import type { QueueEntry } from '../lifecycle/change.ts';

/** So many jobs of a shape make a crowd. */
const CROWD = 10;

/**
 * Shapes of which one job may ask early for offerings that cool: where a job has come within the time after which that may be
 * done, which gives one occasion, and where many have not had a turn yet, so that a call serves them all. Which of them asks,
 * those that are parked too, is for the order of the queue.
 */
export function earlyShapes(lanes: readonly { readonly entries: readonly Pick<QueueEntry, 'shape' | 'submittedAtMs'>[] }[], nowMs: EpochMs): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const { entries } of lanes) {
    for (const { shape, submittedAtMs } of entries) counts.set(shape, (counts.get(shape) ?? 0) + (nowMs - submittedAtMs < EARLY_MS ? CROWD : 1));
  }
  return new Set([...counts].filter(([, count]) => count >= CROWD).map(([shape]) => shape));
}
