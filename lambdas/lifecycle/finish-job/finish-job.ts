import { costOf } from '../../../core/job/cost.ts';
import { changeJob } from '../../../core/job/change-job.ts';
import { jobId } from '../../../core/job/ids.ts';
import type { Attempt, Job, Node } from '../../../core/job/job.ts';
import type { JobChange } from '../../../core/lifecycle/change.ts';
import { enter } from '../../../core/lifecycle/enter.ts';
import { retry, wantsRetry } from '../../../core/lifecycle/retry.ts';
import { conclude } from '../../../core/lifecycle/conclude.ts';
import type { TaskAnswer, TaskInput } from '../../../core/lifecycle/task.ts';
import type { AttemptStore } from '../../../core/ports/job-store.ts';
import type { JobPorts } from '../current-job.ts';

export interface FinishPorts extends JobPorts {
  readonly attempts: AttemptStore;
}

/** Records the end of an attempt: the job's end, or its next attempt where the retry policy asks for one. */
export async function finishJob(ports: FinishPorts, input: TaskInput): Promise<TaskAnswer> {
  const id = jobId(input.jobId);
  const nodes = await endNodes(ports, input);
  const stored = await ports.jobs.attempt(id, input.attempt);
  if (stored === undefined) throw new Error(`attempt ${input.attempt} of ${id} has no record`);
  const attempt: Attempt = { ...stored, costMicroUsd: costOf(nodes, ports.clock.now()) };
  let retried = false;
  await changeJob(ports.jobs, id, (job) => {
    retried = job.attempt > input.attempt;
    if (retried) return undefined;
    const change = ending(job, attempt, input, ports);
    retried = change?.after.state === 'PENDING';
    return change;
  });
  return { kind: retried ? 'retried' : 'ended' };
}

/** Whatever is not verified gone when an attempt ends is DESTRUCTION_FAILED; all other nodes are gone by now. */
async function endNodes(ports: FinishPorts, input: TaskInput): Promise<readonly Node[]> {
  const id = jobId(input.jobId);
  const nodes = await ports.attempts.nodes(id, input.attempt);
  if (nodes.length === 0 || !input.enter.includes('DONE')) return nodes;
  const nowMs = ports.clock.now();
  const gone = nodes.map((node) => ({ ...node, goneAtMs: node.goneAtMs ?? nowMs }));
  await ports.attempts.putNodes(id, input.attempt, gone);
  return gone;
}

function ending(job: Job, attempt: Attempt, input: TaskInput, ports: FinishPorts): JobChange | undefined {
  const nowMs = ports.clock.now();
  const to = input.enter.at(-1);
  if (to === undefined || job.state === to) return undefined;
  const judged: Job = { ...job, ...conclude(job, job.state, to, input.result) };
  if (to !== 'DESTRUCTION_FAILED' && wantsRetry(judged)) {
    return { ...retry(judged, attempt, nowMs), before: job };
  }
  return enter(job, attempt, input.enter, input.result, nowMs);
}
