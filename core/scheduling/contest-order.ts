import type { QueueEntry } from '../lifecycle/change.ts';
import { byRank } from '../queue/order.ts';
import type { CompareEntries } from './leaf-queue.ts';
import type { SchedulingPolicy } from './policy.ts';

/** What decides between the jobs of two nodes. */
export interface ContestOrder {
  /** Jobs alone decide, shares do not. */
  readonly flat: boolean;
  /** Whether priority bands come first. */
  readonly banded: boolean;
  /** Within a leaf always, and between nodes that are equal in all else: windows are sorted by it. Total. */
  readonly compare: CompareEntries;
}

const bySubmission = (a: QueueEntry, b: QueueEntry): number => a.submittedAtMs - b.submittedAtMs || (a.jobId < b.jobId ? -1 : a.jobId > b.jobId ? 1 : 0);

/** By `SchedulingPolicy.order`. */
export const contestOrders: Readonly<Record<SchedulingPolicy['order'], ContestOrder>> = {
  'fair-share': { flat: false, banded: true, compare: byRank },
  priority: { flat: true, banded: false, compare: (a, b) => b.priority - a.priority || bySubmission(a, b) },
  submission: { flat: true, banded: false, compare: bySubmission },
};
