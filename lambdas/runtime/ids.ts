import { ulid } from 'ulid';
import { jobId } from '../../core/job/ids.ts';
import type { EpochMs, JobId } from '../../core/job/ids.ts';

/** A new job id: a lower-case ULID, which sorts by `nowMs`. */
export function newJobId(nowMs: EpochMs): JobId {
  return jobId(ulid(nowMs).toLowerCase());
}

/** A new id for an entry of the audit, which sorts by `nowMs`. */
export function newAuditId(nowMs: EpochMs): string {
  return ulid(nowMs).toLowerCase();
}
