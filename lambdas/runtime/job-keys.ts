import { jobId as asJobId } from '../../core/job/ids.ts';
import { traceIdOf } from '../../core/runtimes/trace-context.ts';

/** A job that log lines are about, as far as it is known where they are written. */
export interface JobKeys {
  readonly jobId: string;
  readonly namespace?: string;
  readonly attempt?: number;
}

/** What lines about a job say of it: with the trace id lines, spans and output of nodes are found together. */
export function jobKeys({ jobId, namespace, attempt }: JobKeys): Readonly<Record<string, string | number>> {
  return {
    jobId,
    ...(attempt !== undefined && { attempt }),
    ...(namespace !== undefined && { namespace }),
    traceId: traceIdOf(asJobId(jobId)),
  };
}
