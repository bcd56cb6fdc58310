import type { S3Client } from '@aws-sdk/client-s3';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Deployment } from '../../../core/deployment/deployment.ts';
import type { StepDispatch } from '../../../core/ports/node-commands.ts';
import type { ReadNodeFile } from '../../../core/ports/node-files.ts';
import type { StepPayloads } from '../../../core/ports/step-payloads.ts';
import { stepKey } from '../../../core/runtimes/node-step.ts';
import { stepPayload } from '../../../core/runtimes/step-payload.ts';
import type { NodeCollector } from '../../../core/runtimes/telemetry.ts';

/** Longer than SSM takes to deliver a command, and short: whoever has the URL can read the step. */
const URL_SECONDS = 1800;

/**
 * Steps in the deployment's step bucket, one object each, handed to nodes by presigned URL: nodes need no permission
 * on the bucket, and no node can read another job's steps.
 *
 * IAM: `s3:PutObject` and `s3:GetObject` on `<bucket>/steps/*` (the URL is signed in the function's name), and
 * `kms:GenerateDataKey` and `kms:Decrypt` on the bucket's key if it has one of its own.
 */
export class S3StepPayloads implements StepPayloads {
  readonly #s3: S3Client;
  readonly #deployment: Pick<Deployment, 'stepBucket' | 'jobLogGroup' | 'region' | 'telemetry'>;
  readonly #read: ReadNodeFile;
  readonly #collector: NodeCollector | undefined;

  constructor(parts: {
    readonly s3: S3Client;
    readonly deployment: Pick<Deployment, 'stepBucket' | 'jobLogGroup' | 'region' | 'telemetry'>;
    readonly read: ReadNodeFile;
    readonly collector?: NodeCollector | undefined;
  }) {
    this.#collector = parts.collector;
    this.#read = parts.read;
    this.#s3 = parts.s3;
    this.#deployment = parts.deployment;
  }

  async publish(dispatch: StepDispatch): Promise<string> {
    const { stepBucket: Bucket, jobLogGroup: logGroup, region, telemetry: { logBytesPerAttempt } } = this.#deployment;
    const { jobId, attempt, step } = dispatch;
    const collector = this.#collector;
    const Key = `steps/${jobId}/${attempt}/${stepKey(step).replace('/', '-')}.json`;
    const Body = JSON.stringify(stepPayload(dispatch, { logGroup, region, logBytesPerAttempt, ...(collector === undefined ? {} : { collector }) }, this.#read));
    await this.#s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: 'application/json' }));
    return getSignedUrl(this.#s3, new GetObjectCommand({ Bucket, Key }), { expiresIn: URL_SECONDS });
  }
}
