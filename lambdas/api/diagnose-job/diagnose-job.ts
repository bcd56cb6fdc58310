import { viewDiagnosis } from '../../../core/api/diagnosis-view.ts';
import { operations } from '../../../core/api/operations.ts';
import { diagnose } from '../../../core/diagnosis/diagnose.ts';
import type { ApiOperation } from '../../runtime/api-handler.ts';
import { findJob } from '../find-job.ts';
import { caseOf, type CasePorts } from './job-case.ts';

/** Why a job is where it is, or ended as it did. Nothing is remembered for it: it is worked out when it is asked. */
export function diagnoseJob(ports: CasePorts): ApiOperation<typeof operations.diagnoseJob> {
  return {
    schema: operations.diagnoseJob,
    run: async ({ path }) => {
      const job = await findJob(ports.jobs, path);
      const known = await caseOf(ports, job);
      return { status: 200, body: viewDiagnosis(job, diagnose(known), known.nowMs) };
    },
  };
}
