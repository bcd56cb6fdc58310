import { NODE_FAIL } from '../../../core/job/job.ts';
import { nameNodes } from '../../../core/job/name-nodes.ts';
import { failedByLoss, missingNodes, needsNode } from '../../../core/lifecycle/node-loss.ts';
import type { TaskAnswer, TaskInput } from '../../../core/lifecycle/task.ts';
import type { CapacityProvider } from '../../../core/ports/capacity-provider.ts';
import type { AttemptStore } from '../../../core/ports/job-store.ts';
import { currentJob, recordEvents, type JobPorts } from '../current-job.ts';
import { coolLost, type CoolingPorts } from '../lose-nodes.ts';

export interface ExplainPorts extends JobPorts, CoolingPorts {
  readonly attempts: AttemptStore;
  readonly capacity: Pick<CapacityProvider, 'describe'>;
}

const unexplained: TaskAnswer = { kind: 'failed' };

/**
 * Looks why the run of a job failed, or its configuration. Processes that talk to a node notice its loss before EC2's event is here, and fail:
 * that attempt was interrupted, whatever its exit code, and its retry policy is to know. Otherwise the answer stays what
 * it was.
 */
export async function explainFailure(ports: ExplainPorts, input: TaskInput): Promise<TaskAnswer> {
  const result = input.result ?? unexplained;
  const job = await currentJob(ports, input);
  const [nodes, instances] = await Promise.all([ports.attempts.nodes(job.jobId, job.attempt), ports.capacity.describe(job)]);
  const lost = missingNodes(nodes.filter((node) => needsNode(job, node)), instances, ports.clock.now(), ports.deployment.intervals.orphanGrace * 1000);
  // What was lost may have been replaced before the run failed for it.
  if (lost.length === 0) return job.scheduler?.state === NODE_FAIL ? failedByLoss(result, 'The run ended for a node that it lost.') : result;
  await coolLost(ports, job, lost, instances);
  const message = `The ${job.state === 'CONFIGURING' ? 'configuration' : 'run'} failed when ${nameNodes(lost)} ${lost.length === 1 ? 'was' : 'were'} gone.`;
  await recordEvents(ports, job, [{ type: 'NodeLost', message, data: { nodes: lost.length, answer: 'interrupted' } }]);
  return failedByLoss(result, message);
}
