import { viewJob } from '../../../core/api/job-view.ts';
import { operations } from '../../../core/api/operations.ts';
import { requestRelease } from '../../../core/lifecycle/request.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import { tellWhoeverWaits } from '../../lifecycle/answer-wait.ts';
import type { AnswerPorts } from '../../lifecycle/answer-wait.ts';
import type { ApiOperation } from '../../runtime/api-handler.ts';
import { changeUsersJob } from '../find-job.ts';

/** Releases an interactive cluster: its run is over and went well. Written before it is answered, as a cancel is. */
export function releaseJob(ports: AnswerPorts & { readonly clock: Clock }): ApiOperation<typeof operations.releaseJob> {
  return {
    schema: operations.releaseJob,
    run: async ({ path, user, origin }) => {
      const job = await changeUsersJob(ports.jobs, path, (now) => requestRelease(now, user, ports.clock.now(), origin));
      await tellWhoeverWaits(ports, job);
      return { status: 202, body: viewJob(job) };
    },
  };
}
