import { randomBytes } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Deployment } from '../../../core/deployment/deployment.ts';
import { InternalError } from '../../../core/errors/orchestrator-error.ts';
import type { JobId } from '../../../core/job/ids.ts';
import type { AttemptSecrets } from '../../../core/ports/attempt-secrets.ts';

/** 128 characters of base64. */
const SECRET_BYTES = 96;
const SECRET = /^[A-Za-z0-9+/]{128}$/;
/** Writers that come at the same moment are told to try again. */
const MAX_TRIES = 5;

/**
 * Secrets in the bucket of steps, one object each that is written once: whoever comes later finds it. The bucket keeps them
 * for a year. An attempt that lives longer, as one without a TTL may, gets another one with the next node that is replaced,
 * on all its nodes at once: what they start with it then starts anew.
 *
 * IAM: `s3:PutObject` and `s3:GetObject` on `<bucket>/secrets/*`, and `kms:GenerateDataKey` and `kms:Decrypt` on the bucket's
 * key if it has one of its own.
 */
export class S3AttemptSecrets implements AttemptSecrets {
  readonly #s3: S3Client;
  readonly #bucket: string;

  constructor(parts: { readonly s3: S3Client; readonly deployment: Pick<Deployment, 'stepBucket'> }) {
    this.#s3 = parts.s3;
    this.#bucket = parts.deployment.stepBucket;
  }

  /** @throws what S3 says, or InternalError for an object that is no secret. */
  async of(jobId: JobId, attempt: number): Promise<string> {
    const Key = `secrets/${jobId}/${attempt}`;
    const made = randomBytes(SECRET_BYTES).toString('base64');
    for (let tries = 1; ; tries += 1) {
      const written = await this.#writeFirst(Key, made, tries === MAX_TRIES);
      if (written === 'first') return made;
      if (written === 'late') return this.#read(Key);
    }
  }

  /** A read before would tell nothing: to a role that may not list the bucket, what is not there is forbidden. */
  async #writeFirst(Key: string, Body: string, isLast: boolean): Promise<'first' | 'late' | 'again'> {
    try {
      await this.#s3.send(new PutObjectCommand({ Bucket: this.#bucket, Key, Body, IfNoneMatch: '*', ContentType: 'text/plain' }));
      return 'first';
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (error.name === 'PreconditionFailed') return 'late';
      if (error.name === 'ConditionalRequestConflict' && !isLast) return 'again';
      throw error;
    }
  }

  async #read(Key: string): Promise<string> {
    const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key }));
    const secret = (await Body?.transformToString()) ?? '';
    if (!SECRET.test(secret)) throw new InternalError('What lies where the secret of an attempt does is none.', { key: Key });
    return secret;
  }
}
