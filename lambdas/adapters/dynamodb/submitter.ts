import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { InternalError, VersionConflictError } from '../../../core/errors/orchestrator-error.ts';
import type { Job } from '../../../core/job/job.ts';
import { queueEntryOf } from '../../../core/lifecycle/queue-entry.ts';
import type { EarlierSubmission, Submission, SubmitResult } from '../../../core/ports/job-store.ts';
import { appendEvent, queueActions } from './change-actions.ts';
import type { LaneCounts } from './lane-counts.ts';
import { ManifestVersions } from './manifest-versions.ts';
import type { Action, OrchestratorTable } from './orchestrator-table.ts';
import { isRefused, TransactionRefused } from './refusals.ts';

/** Submissions of one manifest name at the same time count up its versions one after the other. */
const MAX_TRIES = 10;

/** Writes all that a submission brings, in one transaction. */
export class Submitter {
  readonly #table: OrchestratorTable;
  readonly #lanes: LaneCounts;
  readonly #versions: ManifestVersions;

  constructor(table: OrchestratorTable, lanes: LaneCounts) {
    this.#table = table;
    this.#lanes = lanes;
    this.#versions = new ManifestVersions(table);
  }

  async submit(submission: Submission): Promise<SubmitResult> {
    const lane = queueEntryOf(submission.job);
    await this.#lanes.enter(lane, submission.job.submittedAtMs);
    try {
      const result = await this.#write(submission);
      if (result.kind !== 'created') await this.#lanes.giveUp(lane);
      return result;
    } catch (error) {
      // Of any other error it is not known whether the job is there.
      if (isRefused(error) || error instanceof VersionConflictError) await this.#lanes.giveUp(lane);
      throw error;
    }
  }

  /** What was submitted under the same key before, if anything. */
  async earlier({ job, idempotency }: Submission): Promise<EarlierSubmission | undefined> {
    if (idempotency === undefined) return undefined;
    const { entities } = this.#table;
    const key = { namespace: job.namespace, key: idempotency.key };
    const { Item: record } = await this.#table.call(() => entities.idempotency.build(GetItemCommand).key(key).options({ consistent: true }).send());
    if (record === undefined || record.expiresAt <= Math.floor(job.submittedAtMs / 1000)) return undefined;
    if (record.requestDigest !== idempotency.requestDigest) return { kind: 'keyReused' };
    const { Item: earlier } = await this.#table.call(() => entities.job.build(GetItemCommand).key({ jobId: record.jobId }).options({ consistent: true }).send());
    if (earlier === undefined) throw new InternalError('An idempotency record names a job that does not exist.', { jobId: record.jobId });
    return { kind: 'replayed', job: earlier };
  }

  async #write(submission: Submission): Promise<SubmitResult> {
    for (let attempt = 1; ; attempt += 1) {
      const { job, manifestActions } = await this.#resolveManifest(submission);
      // The record comes first: what it says decides, whatever else did not hold.
      const actions = [...this.#idempotencyActions(submission), ...this.#jobActions({ ...submission, job }), ...manifestActions];
      try {
        await this.#table.transact(actions);
        return { kind: 'created', job };
      } catch (error) {
        if (!(error instanceof TransactionRefused)) throw error;
        const earlier = await this.earlier(submission);
        if (earlier !== undefined) return earlier;
        if (attempt === MAX_TRIES) throw new VersionConflictError('The manifest goes on changing while the job is submitted.', {}, { cause: error });
      }
    }
  }

  async #resolveManifest({ job, manifest }: Submission): Promise<{ readonly job: Job; readonly manifestActions: readonly Action[] }> {
    if (manifest === undefined) return { job, manifestActions: [] };
    const { version, actions } = await this.#versions.next(manifest);
    return { job: { ...job, manifest: { name: manifest.name, version: version.version, digest: manifest.digest } }, manifestActions: actions };
  }

  #jobActions({ job, events, script }: Submission): Action[] {
    const { entities } = this.#table;
    return [
      entities.job.build(PutTransaction).item(job).options({ condition: { attr: 'jobId', exists: false } }),
      ...events.map((event) => appendEvent(entities, event)),
      ...queueActions(entities, queueEntryOf(job), undefined),
      ...(script === undefined ? [] : [entities.script.build(PutTransaction).item({ jobId: job.jobId, script })]),
    ];
  }

  /** DynamoDB removes expired records late, so one that is over by the submission's own time counts as absent. */
  #idempotencyActions({ job, idempotency }: Submission): Action[] {
    if (idempotency === undefined) return [];
    const record = {
      namespace: job.namespace,
      key: idempotency.key,
      requestDigest: idempotency.requestDigest,
      jobId: job.jobId,
      expiresAt: Math.ceil(idempotency.expiresAtMs / 1000),
    };
    const over = { attr: 'expiresAt', lte: Math.floor(job.submittedAtMs / 1000) } as const;
    return [
      this.#table.entities.idempotency.build(PutTransaction).item(record).options({ condition: { or: [{ attr: 'jobId', exists: false }, over] } }),
    ];
  }
}
