import { viewJob } from '../../../core/api/job-view.ts';
import { operations } from '../../../core/api/operations.ts';
import { requestCancel } from '../../../core/lifecycle/request.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import { tellWhoeverWaits } from '../../lifecycle/answer-wait.ts';
import type { AnswerPorts } from '../../lifecycle/answer-wait.ts';
import type { ApiOperation } from '../../runtime/api-handler.ts';
import { changeUsersJob } from '../find-job.ts';

/**
 * Cancels a job. The mark is written first and the token that the job's execution waits for is answered then; a repeated
 * cancel answers it again, in case a first one got no further than the mark.
 */
export function cancelJob(ports: AnswerPorts & { readonly clock: Clock }): ApiOperation<typeof operations.cancelJob> {
  return {
    schema: operations.cancelJob,
    run: async ({ path, user, origin }) => {
      const job = await changeUsersJob(ports.jobs, path, (now) => requestCancel(now, user, ports.clock.now(), origin));
      await tellWhoeverWaits(ports, job);
      return { status: 202, body: viewJob(job) };
    },
  };
}
