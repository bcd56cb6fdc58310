import type { JobRef } from '../../../sdk/src/index.ts';
import { eventually } from './eventually.ts';
import { begun } from './manifests.ts';
import type { SharedCloud } from './shared-cloud.ts';

/**
 * Waits for the logs of a job's steps, and checks that none ran twice on a node in one attempt.
 *
 * @param times how often the steps of `script()` begin, over all nodes and attempts.
 */
export async function runsOnce({ jobs }: SharedCloud, job: JobRef, times: number): Promise<void> {
  const lines = await eventually(`${times} steps of job ${job.jobId} have written`, async () => {
    const found = (await jobs.logs(job)).filter(({ message }) => message === begun);
    return found.length >= times && found;
  });
  const runs = lines.map(({ attempt, node, step }) => `${step} on ${node} in attempt ${attempt}`);
  const twice = runs.filter((run, at) => runs.indexOf(run) !== at);
  if (twice.length > 0 || runs.length !== times) throw new Error(`${runs.length} steps ran, not ${times}: ${runs.join(', ')}`);
}
