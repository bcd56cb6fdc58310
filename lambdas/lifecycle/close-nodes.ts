import { costOf } from '../../core/job/cost.ts';
import type { JobId, MicroUsd } from '../../core/job/ids.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { AttemptStore } from '../../core/ports/job-store.ts';

/** Notes that the nodes of an attempt are gone, and answers what they cost. Nodes that went before keep their time. */
export async function closeNodes(ports: { readonly attempts: AttemptStore; readonly clock: Clock }, jobId: JobId, attempt: number): Promise<MicroUsd> {
  const nodes = await ports.attempts.nodes(jobId, attempt);
  const nowMs = ports.clock.now();
  const gone = nodes.map((node) => ({ ...node, goneAtMs: node.goneAtMs ?? nowMs }));
  if (gone.length > 0) await ports.attempts.putNodes(jobId, attempt, gone);
  return costOf(gone, nowMs);
}
