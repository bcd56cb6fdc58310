import { askedBy, type Origin } from '../audit/origin.ts';
import { DEFAULT_PROVIDER } from '../capacity/provider-registry.ts';
import { numberEvents } from '../lifecycle/amend.ts';
import { MAX_TTL_SECONDS } from '../manifest/schema.ts';
import type { Manifest } from '../manifest/schema.ts';
import type { EpochMs, JobId } from './ids.ts';
import type { Demand, Job, JobEvent, ManifestRef } from './job.ts';

/** Teardown is done after this long, or is the reconciler's. */
const TEARDOWN_SECONDS = 900;

/** What a submission brings. */
export interface NewJob {
  readonly jobId: JobId;
  readonly manifest: Manifest;
  readonly ref: ManifestRef;
  readonly user: string;
  readonly demand: Demand;
  /** Of the runtime, where the deployment's images bring it along. */
  readonly runtimeVersion?: string;
  /** Instead of the manifest's. */
  readonly priority?: number;
  readonly hasScript: boolean;
  /** Where the submission came from. */
  readonly origin?: Origin;
}

/** A job at the begin of its life, PENDING, with the first line of its history. */
export function newJob(submission: NewJob, nowMs: EpochMs): { readonly job: Job; readonly events: readonly JobEvent[] } {
  const { jobId, manifest, ref, user, demand, hasScript } = submission;
  const { metadata, spec } = manifest;
  const { provider } = spec.placement;
  const elsewhere = provider === DEFAULT_PROVIDER ? '' : ` for machines of provider ${provider}`;
  const events = [{ type: 'JobSubmitted', message: `submitted by ${user}${elsewhere}`, data: { manifest: ref.name, digest: ref.digest, ...askedBy(user, submission.origin) } }] as const;
  const job: Job = {
    jobId,
    namespace: metadata.namespace,
    manifest: ref,
    user,
    labels: metadata.labels,
    priority: submission.priority ?? spec.priority,
    runtime: spec.runtime.type,
    ...(submission.runtimeVersion === undefined ? {} : { runtimeVersion: submission.runtimeVersion }),
    ...(provider === DEFAULT_PROVIDER ? {} : { provider }),
    demand,
    // Without a TTL of its own a cluster still ends one day: nobody pays for a forgotten one for ever.
    ttlSeconds: spec.ttlSeconds ?? MAX_TTL_SECONDS,
    windDownSeconds: TEARDOWN_SECONDS + spec.hooks.onPostRun.reduce((sum, { timeoutSeconds }) => sum + timeoutSeconds, 0),
    capacityTimeoutSeconds: spec.capacity.timeoutSeconds,
    retry: spec.retry,
    hasScript,
    interactive: !hasScript && spec.hooks.onRun.length === 0,
    state: 'PENDING',
    attempt: 1,
    submittedAtMs: nowMs,
    updatedAtMs: nowMs,
    revision: 1,
    eventCount: events.length,
  };
  return { job, events: numberEvents(job, nowMs, 0, events) };
}
