import type { JobDetail, JobEvent, JobRef, LogLine } from '../../../sdk/src/index.ts';
import type { SharedCloud } from '../cloud/shared-cloud.ts';

/** A job that has ended, with all that is told of it. */
export interface Lived {
  readonly job: JobRef;
  readonly end: JobDetail;
  readonly events: readonly JobEvent[];
  readonly logs: readonly LogLine[];
}

/** Waits for the job's end. */
export async function lives({ jobs }: SharedCloud, job: JobRef): Promise<Lived> {
  const end = await jobs.ends(job, 300_000);
  return { job, end, events: await jobs.events(job), logs: await jobs.logs(job) };
}

/** What the steps of this name have written, on whatever node. */
export const written = ({ logs }: Lived, step: string): readonly string[] => logs.filter((line) => line.step === step).map(({ message }) => message);

/** Nodes that stood at the end, but the head. */
export const workersOf = ({ end }: Lived): JobDetail['nodes'] => end.nodes.filter(({ rank }) => rank > 0);
