import { JobNotFoundError } from '../../core/errors/orchestrator-error.ts';
import type { JobId } from '../../core/job/ids.ts';
import type { Attempt, Job, JobEvent } from '../../core/job/job.ts';
import type { JobChange, ParkedEntry } from '../../core/lifecycle/change.ts';
import type { Wait } from '../../core/lifecycle/wait.ts';
import { queueEntryOf } from '../../core/lifecycle/queue-entry.ts';
import type { EarlierSubmission, JobFilter, JobStore, Submission, SubmitResult } from '../../core/ports/job-store.ts';
import type { Page } from '../../core/ports/page.ts';
import { decodeCursor, positions } from '../../lambdas/adapters/dynamodb/cursor.ts';
import { matches } from '../../lambdas/adapters/dynamodb/job-filter.ts';
import { InMemoryManifestStore } from './in-memory-manifest-store.ts';
import { attemptKey, copy, InMemoryTable, page } from './in-memory-table.ts';

const position = ({ jobId, attempt }: Attempt): string => attemptKey(jobId, attempt);

export class InMemoryJobStore implements JobStore {
  readonly #table: InMemoryTable;
  readonly #manifests: InMemoryManifestStore;

  constructor(table: InMemoryTable = new InMemoryTable()) {
    this.#table = table;
    this.#manifests = new InMemoryManifestStore(table);
  }

  async submit(submission: Submission): Promise<SubmitResult> {
    const earlier = this.#earlier(submission);
    if (earlier !== undefined) return earlier;
    const { events, script, idempotency, manifest } = copy(submission);
    let { job } = copy(submission);
    if (manifest !== undefined) {
      const { version } = this.#manifests.add(manifest);
      job = { ...job, manifest: { name: version.name, version: version.version, digest: version.digest } };
    }
    const { jobId } = job;
    if (idempotency !== undefined) this.#table.idempotency.set(`${job.namespace}/${idempotency.key}`, { ...idempotency, jobId });
    this.#table.jobs.set(jobId, job);
    this.#table.append(events);
    this.#table.enterLane(queueEntryOf(job), job.submittedAtMs);
    this.#table.queue.set(jobId, queueEntryOf(job));
    if (script !== undefined) this.#table.scripts.set(jobId, script);
    return { kind: 'created', job: copy(job) };
  }

  async earlier(submission: Submission): Promise<EarlierSubmission | undefined> {
    return this.#earlier(submission);
  }

  #earlier({ job, idempotency }: Submission): EarlierSubmission | undefined {
    if (idempotency === undefined) return undefined;
    const record = this.#table.idempotency.get(`${job.namespace}/${idempotency.key}`);
    if (record === undefined || record.expiresAtMs <= job.submittedAtMs) return undefined;
    if (record.requestDigest !== idempotency.requestDigest) return { kind: 'keyReused' };
    const made = this.#table.jobs.get(record.jobId);
    return made === undefined ? undefined : { kind: 'replayed', job: copy(made) };
  }

  async get(jobId: JobId): Promise<Job | undefined> {
    return copy(this.#table.jobs.get(jobId));
  }

  async peek(jobId: JobId): Promise<Job | undefined> {
    return this.get(jobId);
  }

  async getWithWait(jobId: JobId): Promise<{ readonly job?: Job; readonly wait?: Wait }> {
    const [job, wait] = [this.#table.jobs.get(jobId), this.#table.waits.get(jobId)];
    return copy({ ...(job === undefined ? {} : { job }), ...(wait === undefined ? {} : { wait }) });
  }

  async list(filter: JobFilter, limit: number, cursor?: string): Promise<Page<Job>> {
    const after = cursor === undefined ? undefined : decodeCursor(cursor, positions.jobId);
    const found = [...this.#table.jobs.values()]
      .filter((job) => matches(job, filter) && (after === undefined || job.jobId < after))
      .sort((a, b) => (a.jobId < b.jobId ? 1 : -1));
    return page(found, limit, (job) => job.jobId);
  }

  async commit(change: JobChange): Promise<void> {
    const { enqueue, dequeue } = change;
    if (enqueue !== undefined && dequeue === undefined) this.#table.enterLane(enqueue, change.after.updatedAtMs);
    if (enqueue !== undefined && dequeue !== undefined) this.#table.moveInLane(enqueue, change.after.updatedAtMs);
    try {
      this.#table.apply(change);
    } catch (error) {
      if (enqueue !== undefined && dequeue === undefined) this.#table.leaveLane(enqueue);
      throw error;
    }
    if (dequeue !== undefined && enqueue === undefined) this.#table.leaveLane(dequeue);
  }

  async script(jobId: JobId): Promise<string | undefined> {
    return this.#table.scripts.get(jobId);
  }

  async events(jobId: JobId, limit: number, cursor?: string): Promise<Page<JobEvent>> {
    const after = cursor === undefined ? 0 : Number(decodeCursor(cursor, positions.number));
    const later = (this.#table.events.get(jobId) ?? []).filter((event) => event.number > after);
    return page(later, limit, (event) => String(event.number));
  }

  async latestEvents(jobId: JobId, limit: number): Promise<readonly JobEvent[]> {
    return copy((this.#table.events.get(jobId) ?? []).slice(-limit));
  }

  async attempts(jobId: JobId): Promise<readonly Attempt[]> {
    const own = [...this.#table.attempts.values()].filter((attempt) => attempt.jobId === jobId);
    return copy(own.sort((a, b) => a.attempt - b.attempt));
  }

  async attempt(jobId: JobId, attempt: number): Promise<Attempt | undefined> {
    return copy(this.#table.attempts.get(attemptKey(jobId, attempt)));
  }

  async recordExecution(jobId: JobId, attempt: number, executionArn: string): Promise<void> {
    const known = this.#table.attempts.get(attemptKey(jobId, attempt));
    if (known === undefined) throw new JobNotFoundError('There is no such attempt.', { jobId, attempt });
    this.#table.attempts.set(attemptKey(jobId, attempt), { ...known, executionArn });
  }

  async activeAttempts(limit: number, cursor?: string): Promise<Page<Attempt>> {
    const after = cursor === undefined ? '' : decodeCursor(cursor, positions.attempt);
    const active = [...this.#table.attempts.values()].filter((attempt) => attempt.active && position(attempt) > after);
    return page(active.sort((a, b) => (position(a) < position(b) ? -1 : 1)), limit, position);
  }

  async parked(jobId: JobId): Promise<ParkedEntry | undefined> {
    return copy(this.#table.parked.get(jobId));
  }
}
