import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { DeploymentConfiguration } from '../configuration/schema.ts';

export interface PrivateBucketOptions {
  readonly key?: IKey | undefined;
  /** After how many days objects go, by the beginning of their keys; the others stay. */
  readonly expireAfterDays?: Readonly<Record<string, number>>;
}

/** A bucket that is encrypted, closed to the public and to plain HTTP, and that is kept in production. */
export function privateBucket(
  scope: Construct, id: string, configuration: DeploymentConfiguration, options: PrivateBucketOptions = {},
): Bucket {
  return new Bucket(scope, id, {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    removalPolicy: configuration.production ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    lifecycleRules: [
      { abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ...Object.entries(options.expireAfterDays ?? {}).map(([prefix, days]) => ({ prefix, expiration: Duration.days(days) })),
    ],
    ...(options.key === undefined
      ? { encryption: BucketEncryption.S3_MANAGED }
      // One data key for many objects: without it each object costs a call of KMS.
      : { encryption: BucketEncryption.KMS, encryptionKey: options.key, bucketKeyEnabled: true }),
  });
}
