import type { S3Client } from '@aws-sdk/client-s3';
import { GetObjectCommand, NoSuchKey, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Deployment } from '../../../core/deployment/deployment.ts';
import { marketFacts, UnreadableFactsError, type MarketFacts } from './market-facts.ts';

/** Where the document lies in the bucket; `lib/capacity` names it too. */
const KEY = 'market/facts.json';

/**
 * The facts of the market, one object of the deployment's step bucket.
 *
 * IAM: readers `s3:GetObject`, the writer `s3:PutObject` and `s3:GetObject` on `<bucket>/market/facts.json`, and
 * `kms:Decrypt` or `kms:GenerateDataKey` on the bucket's key if it has one of its own.
 */
export class S3MarketFacts {
  readonly #s3: S3Client;
  readonly #bucket: string;

  constructor(parts: { readonly s3: S3Client; readonly deployment: Pick<Deployment, 'stepBucket'> }) {
    this.#s3 = parts.s3;
    this.#bucket = parts.deployment.stepBucket;
  }

  /**
   * `undefined` before the first was written. To a role that may not list the bucket, as ours, S3 calls that
   * `AccessDenied`.
   * @throws what S3 says, or UnreadableFactsError.
   */
  async read(abortSignal?: AbortSignal): Promise<MarketFacts | undefined> {
    try {
      const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key: KEY }), { ...(abortSignal && { abortSignal }) });
      return parsed((await Body?.transformToString()) ?? '');
    } catch (error) {
      if (error instanceof NoSuchKey || (error instanceof Error && error.name === 'AccessDenied')) return undefined;
      throw error;
    }
  }

  /**
   * @param isFirst whether none were found: then none are replaced, for a read that is denied looks the same
   * @throws what S3 says, `PreconditionFailed` where there are some all the same.
   */
  async write(facts: MarketFacts, isFirst: boolean): Promise<void> {
    const Body = JSON.stringify(facts);
    await this.#s3.send(new PutObjectCommand({ Bucket: this.#bucket, Key: KEY, Body, ContentType: 'application/json', ...(isFirst && { IfNoneMatch: '*' }) }));
  }
}

function parsed(text: string): MarketFacts {
  try {
    return marketFacts.parse(JSON.parse(text));
  } catch (cause) {
    throw new UnreadableFactsError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
