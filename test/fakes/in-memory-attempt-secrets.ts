import { createHash } from 'node:crypto';
import type { JobId } from '../../core/job/ids.ts';
import type { AttemptSecrets } from '../../core/ports/attempt-secrets.ts';

/** Secrets that a test can foretell: as long as real ones, another for each attempt. */
export class InMemoryAttemptSecrets implements AttemptSecrets {
  async of(jobId: JobId, attempt: number): Promise<string> {
    return createHash('sha512').update(`${jobId}/${attempt}`).digest('base64').replaceAll('=', '').padEnd(128, 'A');
  }
}
