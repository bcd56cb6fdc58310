import type { Origin } from '../../../core/audit/origin.ts';
import { viewJob } from '../../../core/api/job-view.ts';
import { storedManifest } from '../../../core/api/manifest-view.ts';
import { operations } from '../../../core/api/operations.ts';
import { readSubmission } from '../../../core/api/submission.ts';
import type { SubmissionRequest, SubmittedView } from '../../../core/api/submission.ts';
import { IdempotencyKeyReusedError, ManifestNotFoundError, QuotaExceededError } from '../../../core/errors/orchestrator-error.ts';
import { epochMs } from '../../../core/job/ids.ts';
import type { EpochMs, JobId } from '../../../core/job/ids.ts';
import type { Job } from '../../../core/job/job.ts';
import { newJob } from '../../../core/job/new-job.ts';
import { canonicalJson } from '../../../core/manifest/canonical.ts';
import { manifestDigest } from '../../../core/manifest/digest.ts';
import { submissionMeasurements } from '../../../core/metrics/of-submission.ts';
import { withPositions } from '../../../core/manifest/position.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { CapacityProvider } from '../../../core/ports/capacity-provider.ts';
import type { JobStore, Submission, SubmitResult } from '../../../core/ports/job-store.ts';
import type { ManifestStore } from '../../../core/ports/manifest-store.ts';
import type { PendingCounts } from '../../../core/ports/scheduler-store.ts';
import { beyondLimits, beyondPriority } from '../../../core/scheduling/beyond-share.ts';
import { namespaceShare, type ShareTree } from '../../../core/shares/share-tree.ts';
import type { ApiAnswer, ApiOperation } from '../../runtime/api-handler.ts';
import { sha256Hex } from '../../runtime/digest.ts';
import { jobKeys } from '../../runtime/job-keys.ts';
import { logKeys } from '../../runtime/logger.ts';
import { acceptManifest, acceptStored } from '../accept-manifest.ts';
import type { AcceptancePorts, AcceptedManifest, Delivery } from '../accept-manifest.ts';
import { refuseBeyondShare } from '../refuse-beyond-share.ts';
import { dryRun } from './dry-run.ts';

/** How long an idempotency key is honoured. */
const KEY_LIFETIME_MS = 24 * 3_600_000;
/** A full queue empties by jobs that start, not in seconds. */
const FULL_QUEUE_RETRY_SECONDS = 60;

export interface SubmitPorts extends AcceptancePorts {
  readonly jobs: Pick<JobStore, 'submit' | 'earlier'>;
  readonly manifests: Pick<ManifestStore, 'get'>;
  readonly capacity: Pick<CapacityProvider, 'plan'>;
  readonly pending: PendingCounts;
  readonly shareTree: () => Promise<ShareTree>;
  readonly clock: Clock;
  readonly newJobId: (nowMs: EpochMs) => JobId;
}

interface Accepted extends AcceptedManifest {
  /** Of a stored manifest; one that came with the job gets its number in the transaction that stores it. */
  readonly version?: number;
}

/** Takes a job in: all that it needs is written in one transaction, or nothing is. */
export function submitJob(ports: SubmitPorts): ApiOperation<typeof operations.submitJob> {
  return {
    schema: operations.submitJob,
    measured: submissionMeasurements,
    run: async ({ path: { namespace }, query, headers, text, mediaType, user, origin }) => {
      const nowMs = ports.clock.now();
      const request = readSubmission(text, mediaType);
      const accepted = await accept(ports, request, namespace);
      const submission = build(accepted, request, { user, origin, jobId: ports.newJobId(nowMs), nowMs });
      const tree = await ports.shareTree();
      holdToShare(submission.job, request, tree, ports.deployment.limits.maxRunningJobs);
      if (query.dryRun) return dryRun(ports, submission.job, accepted);
      logKeys(jobKeys(submission.job));
      const key = headers['idempotency-key'];
      const idempotency = { key: `${user}/${key}`, requestDigest: sha256Hex(text), expiresAtMs: epochMs(nowMs + KEY_LIFETIME_MS) };
      const result = await submitWithin(tree, ports, { ...submission, ...(key === undefined ? {} : { idempotency }) });
      if (result.kind === 'keyReused') {
        throw new IdempotencyKeyReusedError('The Idempotency-Key was used within the last 24 hours with another request.');
      }
      return answer(result.job, accepted, result.kind === 'created' ? 201 : 200);
    },
  };
}

/** @throws BeyondShareError for a job that its share never lets start, or not with that priority. */
function holdToShare(job: Job, { source, priority }: SubmissionRequest, tree: ShareTree, maxRunningJobs: number): void {
  const problems = [
    beyondPriority(job.priority, job.namespace, tree, priority === undefined ? 'spec.priority' : 'priority'),
    beyondLimits(job, tree, maxRunningJobs),
  ].filter((problem) => problem !== undefined);
  refuseBeyondShare(problems.flatMap((problem) => (source.kind === 'text' && problem.path.startsWith('spec.') ? withPositions(source.text, [problem]) : [problem])));
}

/**
 * Submits unless so many jobs of the namespace wait as may. A request whose first answer was lost gets its job all the
 * same: it adds none.
 *
 * @throws QuotaExceededError
 */
async function submitWithin(tree: ShareTree, { jobs, pending: counts }: SubmitPorts, submission: Submission): Promise<SubmitResult> {
  const { namespace } = submission.job;
  const { pendingJobs } = namespaceShare(tree, namespace);
  const pending = await counts.pending(namespace, pendingJobs);
  const result = pending < pendingJobs ? await jobs.submit(submission) : await jobs.earlier(submission);
  if (result !== undefined) return result;
  throw new QuotaExceededError(`${pending} jobs of namespace ${namespace} wait, and ${pendingJobs} may: submit again when some have started.`, {
    pending, pendingJobs, retryAfterSeconds: FULL_QUEUE_RETRY_SECONDS,
  });
}

async function accept(ports: SubmitPorts, { source, script }: SubmissionRequest, namespace: string): Promise<Accepted> {
  const delivery = { namespace, ...(script === undefined ? {} : { script }) };
  return source.kind === 'stored' ? takeStored(ports, delivery, source) : acceptManifest(ports, source, delivery);
}

async function takeStored(
  ports: SubmitPorts, delivery: Delivery & { readonly namespace: string }, { name, version }: { name: string; version?: number },
): Promise<Accepted> {
  const { namespace } = delivery;
  const stored = await ports.manifests.get(namespace, name, version);
  if (stored === undefined) {
    const which = version === undefined ? '' : ` version ${version} of`;
    throw new ManifestNotFoundError(`There is no${which} manifest ${name} in namespace ${namespace}.`, { namespace, name, version });
  }
  return { ...(await acceptStored(ports, storedManifest(stored), delivery)), version: stored.version };
}

function build(
  { manifest, demand, runtimeVersion, version }: Accepted,
  { script, priority }: SubmissionRequest,
  { user, origin, jobId, nowMs }: { readonly user: string; readonly origin: Origin; readonly jobId: JobId; readonly nowMs: EpochMs },
): Submission {
  const { namespace, name } = manifest.metadata;
  const digest = manifestDigest(manifest, sha256Hex);
  const { job, events } = newJob(
    {
      jobId, manifest, user, origin, demand, hasScript: script !== undefined,
      ref: { name, version: version ?? 0, digest },
      ...(runtimeVersion === undefined ? {} : { runtimeVersion }),
      ...(priority === undefined ? {} : { priority }),
    },
    nowMs,
  );
  const inline = { namespace, name, digest, canonical: canonicalJson(manifest), createdAtMs: nowMs, createdBy: user };
  return { job, events, ...(script === undefined ? {} : { script }), ...(version === undefined ? { manifest: inline } : {}) };
}

function answer(job: Job, { warnings }: AcceptedManifest, status: 200 | 201): ApiAnswer {
  const body: SubmittedView = { ...viewJob(job), warnings: [...warnings] };
  return { status, body, headers: { location: `/v1/namespaces/${job.namespace}/jobs/${job.jobId}` } };
}
