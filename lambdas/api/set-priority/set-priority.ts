import { viewJob } from '../../../core/api/job-view.ts';
import { operations } from '../../../core/api/operations.ts';
import { setPriority } from '../../../core/lifecycle/request.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { JobStore } from '../../../core/ports/job-store.ts';
import type { ApiOperation } from '../../runtime/api-handler.ts';
import { changeUsersJob } from '../find-job.ts';

export interface SetPriorityPorts {
  readonly jobs: Pick<JobStore, 'get' | 'commit'>;
  readonly clock: Clock;
}

/** Moves a waiting job in the queue. */
export function changePriority(ports: SetPriorityPorts): ApiOperation<typeof operations.setPriority> {
  return {
    schema: operations.setPriority,
    run: async ({ path, body, user }) => {
      const job = await changeUsersJob(ports.jobs, path, (now) => setPriority(now, body.priority, user, ports.clock.now()));
      return { status: 200, body: viewJob(job) };
    },
  };
}
