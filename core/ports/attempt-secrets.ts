import type { JobId } from '../job/ids.ts';

/** Secrets that the nodes of an attempt share, and nobody else knows. */
export interface AttemptSecrets {
  /** The secret of an attempt: the same for each caller, made by the first of them. 128 characters of base64. */
  of(jobId: JobId, attempt: number): Promise<string>;
}
