import { viewJob } from '../../../core/api/job-view.ts';
import { operations } from '../../../core/api/operations.ts';
import { setPriority } from '../../../core/lifecycle/request.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { JobStore } from '../../../core/ports/job-store.ts';
import { beyondPriority } from '../../../core/scheduling/beyond-share.ts';
import type { ShareTree } from '../../../core/shares/share-tree.ts';
import type { ApiOperation } from '../../runtime/api-handler.ts';
import { changeUsersJob } from '../find-job.ts';
import { refuseBeyondShare } from '../refuse-beyond-share.ts';

export interface SetPriorityPorts {
  readonly jobs: Pick<JobStore, 'get' | 'commit'>;
  readonly clock: Clock;
  readonly shareTree: () => Promise<ShareTree>;
}

/** Moves a waiting job in the queue. */
export function changePriority(ports: SetPriorityPorts): ApiOperation<typeof operations.setPriority> {
  return {
    schema: operations.setPriority,
    run: async ({ path, body, user, origin }) => {
      refuseBeyondShare([beyondPriority(body.priority, path.namespace, await ports.shareTree(), 'priority')]);
      const job = await changeUsersJob(ports.jobs, path, (now) => setPriority(now, body.priority, user, ports.clock.now(), origin));
      return { status: 200, body: viewJob(job) };
    },
  };
}
