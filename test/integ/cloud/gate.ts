import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { SharedCloud } from './shared-cloud.ts';

/** What a job's script waits for until the test lets it go on. */
export interface Gate {
  /** Commands that wait until the gate is open. */
  readonly wait: string;
  open(): Promise<void>;
}

/** A gate of its own for each name: an object in a bucket, which is there once the gate is open. */
export async function gate({ account }: SharedCloud, name: string): Promise<Gate> {
  const s3 = new S3Client({ ...account.client, forcePathStyle: true });
  const object = { Bucket: 'gates', Key: name };
  await s3.send(new CreateBucketCommand({ Bucket: object.Bucket }));
  const url = await getSignedUrl(s3, new GetObjectCommand(object), { expiresIn: 3600 });
  return {
    wait: `until curl --silent --fail --output /dev/null '${url}'; do sleep 0.3; done`,
    open: async () => { await s3.send(new PutObjectCommand({ ...object, Body: 'open' })); },
  };
}
