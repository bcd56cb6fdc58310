import { eventually } from '../../../local/eventually.ts';
import type { JobRef } from '../../../sdk/src/index.ts';
import { begun } from './manifests.ts';
import type { SharedCloud } from './shared-cloud.ts';

/** A log service that is busy takes not all: how many lines it did not take is said in their place. */
const lostIn = (message: string): number => Number(/^\[orchestrator: (\d+) lines of \S+ were lost/.exec(message)?.[1] ?? 0);

/**
 * Waits for the logs of a job's steps, and checks that none ran twice on a node in one attempt.
 *
 * @param times how often the steps of `script()` begin, over all nodes and attempts.
 */
export async function runsOnce({ jobs }: SharedCloud, job: JobRef, times: number): Promise<void> {
  let lost = 0;
  const lines = await eventually(`${times} steps of job ${job.jobId} have written`, async () => {
    const logs = await jobs.logs(job);
    const found = logs.filter(({ message }) => message === begun);
    lost = logs.reduce((sum, { message }) => sum + lostIn(message), 0);
    return found.length + lost >= times && found;
  });
  const runs = lines.map(({ attempt, node, step }) => `${step} on ${node} in attempt ${attempt}`);
  const twice = runs.filter((run, at) => runs.indexOf(run) !== at);
  if (twice.length > 0 || runs.length > times) throw new Error(`${runs.length} steps ran, not ${times}: ${runs.join(', ')}`);
}
