import { digest, epochMs, jobId, type JobId } from '../../../core/job/ids.ts';
import type { Hold, Job, JobEvent } from '../../../core/job/job.ts';
import { admit, park } from '../../../core/lifecycle/admit.ts';
import type { JobChange, QueueEntry } from '../../../core/lifecycle/change.ts';
import type { Submission } from '../../../core/ports/job-store.ts';
import type { NewManifestVersion } from '../../../core/ports/manifest-store.ts';
import type { Lease } from '../../../core/ports/scheduler-store.ts';
import { usageBase } from '../../../core/scheduling/usage.ts';
import { aJob } from '../../builders/job.ts';
import type { StoreWorld } from './world.ts';

export const t0 = epochMs(1_700_000_000_000);
export const after = (ms: number) => epochMs(t0 + ms);

/** Ids that sort by `n`, like ULIDs by time. */
export const idOf = (n: number): JobId => jobId(`01j${String(n).padStart(23, '0')}`);

function submittedEvent(job: Job): JobEvent {
  return { jobId: job.jobId, namespace: job.namespace, number: 1, atMs: job.submittedAtMs, attempt: 1, type: 'JobSubmitted', message: 'submitted' };
}

/** The n-th job, submitted n milliseconds after `t0`. */
export function submission(n: number, fields: Partial<Job> = {}): Submission {
  const job = aJob({ jobId: idOf(n), submittedAtMs: after(n), updatedAtMs: after(n), ...fields });
  return { job, events: [submittedEvent(job)] };
}

/** Submits a job and answers it as it is stored. */
export async function submitted({ jobs }: StoreWorld, n: number, fields: Partial<Job> = {}): Promise<Job> {
  const result = await jobs.submit(submission(n, fields));
  if (result.kind === 'keyReused') throw new Error('no key was given');
  return result.job;
}

export async function stored({ jobs }: StoreWorld, id: JobId): Promise<Job> {
  const job = await jobs.get(id);
  if (job === undefined) throw new Error(`no job ${id}`);
  return job;
}

export async function leased({ scheduler }: StoreWorld, nowMs = t0): Promise<Lease> {
  const lease = await scheduler.takeLease('scheduler-a', nowMs, 60_000);
  if (lease === undefined) throw new Error('the lease is taken');
  return lease;
}

/** What usage is kept against in these tests. */
export const base = usageBase(t0, 7 * 86_400_000);

/** Grants the changes; what is looking for machines is not what the test is about. */
export function grant({ scheduler }: StoreWorld, lease: Lease, changes: readonly JobChange[]): Promise<readonly JobId[]> {
  return scheduler.grant(lease, changes, [], base);
}

/** Submits and admits a job. */
export async function admitted(world: StoreWorld, lease: Lease, n: number, fields: Partial<Job> = {}, quotas: Hold['quotas'] = {}): Promise<Job> {
  const job = await submitted(world, n, fields);
  await grant(world, lease, [admit(job, quotas, after(1_000))]);
  return stored(world, job.jobId);
}

/** Parks a job: it gives its limits back. */
export async function parked({ jobs }: StoreWorld, job: Job, nowMs = after(2_000), waits: Parameters<typeof park>[5] = { byClock: true }): Promise<JobChange> {
  const change = park(job, 'token', after(60_000), 'no capacity', nowMs, waits);
  await jobs.commit(change);
  return change;
}

/** All that waits, lane by lane, as the scheduler finds it: it looks into lanes that may have jobs, and no others. */
export async function queued({ scheduler }: StoreWorld): Promise<readonly QueueEntry[]> {
  const { lanes } = await scheduler.overview();
  const windows = await Promise.all(lanes.filter(({ pending }) => pending > 0).map((lane) => scheduler.window(lane, 1_000)));
  return windows.flatMap(({ entries }) => entries);
}

export function manifest(content: string, fields: Partial<NewManifestVersion> = {}): NewManifestVersion {
  return {
    namespace: 'research',
    name: 'cluster',
    digest: digest(Buffer.from(content).toString('hex').padEnd(64, '0').slice(0, 64)),
    canonical: JSON.stringify({ content }),
    createdAtMs: t0,
    createdBy: 'ada',
    ...fields,
  };
}
