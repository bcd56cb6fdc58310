import type { Findings } from '../../../core/api/explain-view.ts';
import { instancesOf } from '../../../core/capacity/launch-progress.ts';
import type { LaunchRecord } from '../../../core/capacity/gang.ts';
import type { Job } from '../../../core/job/job.ts';
import { describeProgress } from '../../../core/lifecycle/describe-progress.ts';
import { isTerminal } from '../../../core/lifecycle/states.ts';
import type { AttemptStore } from '../../../core/ports/job-store.ts';

/** What a job does that has left the queue: from its own records, and from what its execution waits for. */
export async function explainProgress({ attempts }: { readonly attempts: Pick<AttemptStore, 'wait' | 'step' | 'nodes' | 'launches'> }, job: Job): Promise<Findings> {
  const { jobId, attempt } = job;
  if (isTerminal(job.state)) return { ...describeProgress({ job, nodes: [], found: 0 }), hints: [] };
  const [wait, nodes, launches] = await Promise.all([
    attempts.wait(jobId),
    attempts.nodes(jobId, attempt),
    job.state === 'ACQUIRING_CAPACITY' ? attempts.launches(jobId, attempt) : [],
  ]);
  const step = wait?.step === undefined || wait.attempt !== attempt ? undefined : await attempts.step(jobId, attempt, wait.step);
  const known = { job, nodes, found: heldBy(launches), ...(wait === undefined ? {} : { wait }), ...(step === undefined ? {} : { step }) };
  return { ...describeProgress(known), hints: wait?.purpose === 'release' && job.state === 'RUNNING' ? ['orch release ends it as succeeded.'] : [] };
}

/** What launches have brought since the last try that was given up. */
function heldBy(launches: readonly LaunchRecord[]): number {
  const ordered = launches.toSorted((a, b) => a.ordinal - b.ordinal);
  return instancesOf(ordered.slice(ordered.findLastIndex(({ ends }) => ends !== undefined) + 1)).length;
}
