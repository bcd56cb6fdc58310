import type { EventView, JobDetailView } from '../api/job-view.ts';
import { digest, epochMs, jobId } from '../job/ids.ts';
import type { TracedEvent, TracedJob } from './traced.ts';

/** A job as its trace wants it, from how the API shows it. */
export function tracedJob(view: JobDetailView): TracedJob {
  const { jobId: id, manifest, submittedAt, waiting, ...rest } = view;
  return {
    ...rest,
    jobId: jobId(id),
    manifest: { ...manifest, digest: digest(manifest.digest) },
    submittedAtMs: epochMs(Date.parse(submittedAt)),
    ...(waiting === undefined ? {} : { waiting: { code: waiting.code, message: waiting.message } }),
  };
}

/** An entry of its history as its trace wants it. */
export function tracedEvent({ at, ...rest }: EventView): TracedEvent {
  return { ...rest, atMs: epochMs(Date.parse(at)) };
}
