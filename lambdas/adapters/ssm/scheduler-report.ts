import * as z from 'zod';
import type { SchedulerReport } from '../../../core/job/job.ts';

/** A record keeps so much of a list of nodes, or of a reason; that of a thousand nodes may be longer. */
const MOST_KEPT = 500;

const kept = z.string().transform((text) => (text.length <= MOST_KEPT ? text : `${text.slice(0, MOST_KEPT - 1)}…`));

const schema = z.object({
  id: z.string().min(1).max(32),
  state: z.string().min(1).max(64),
  nodes: kept,
  reason: z.exactOptional(kept),
  restarts: z.int().nonnegative(),
});

/** What a launcher told of its scheduler's job; `undefined` for anything else. */
export function readSchedulerReport(text: string): SchedulerReport | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
