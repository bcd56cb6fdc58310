import { teardownPath } from '../../../core/lifecycle/teardown-path.ts';
import type { TaskAnswer, TaskInput } from '../../../core/lifecycle/task.ts';
import { jobId } from '../../../core/job/ids.ts';
import type { CapacityProvider } from '../../../core/ports/capacity-provider.ts';
import { enterStates, type JobPorts } from '../current-job.ts';

export interface DestroyPorts extends JobPorts {
  readonly capacity: CapacityProvider;
}

/**
 * Terminates everything of the attempt and answers `gone` only when EC2 says that nothing of it is left running. An
 * execution that only tears down names no states: the way to DESTROYING depends on where its predecessor died.
 */
export async function destroyNodes(ports: DestroyPorts, input: TaskInput): Promise<TaskAnswer> {
  const job = await enterStates(ports, await withPath(ports, input));
  const { remaining } = await ports.capacity.release(job);
  if (remaining === 0) return { kind: 'gone' };
  return {
    kind: 'remaining',
    reason: { code: 'InstancesRemain', message: `${remaining} instances are not yet shutting down.` },
  };
}

async function withPath(ports: DestroyPorts, input: TaskInput): Promise<TaskInput> {
  if (input.enter.length > 0) return input;
  const job = await ports.jobs.get(jobId(input.jobId));
  return job === undefined ? input : { ...input, enter: teardownPath(job.state) };
}
