import { describe, expect, it } from '@jest/globals';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { jobId } from '../../../core/job/ids.ts';
import { S3AttemptSecrets } from '../../../lambdas/adapters/s3/s3-attempt-secrets.ts';
import { startMiniStack } from '../ministack.ts';
import { attemptSecretsContract } from './attempt-secrets.contract.ts';

const deployment = { stepBucket: 'steps-of-jobs' };

attemptSecretsContract('in S3', async () => {
  const cloud = await startMiniStack();
  const s3 = new S3Client({ endpoint: cloud.endpoint, region: 'us-east-1', forcePathStyle: true, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  await s3.send(new CreateBucketCommand({ Bucket: deployment.stepBucket }));
  return {
    newcomer: () => new S3AttemptSecrets({ s3, deployment }),
    close: async () => {
      s3.destroy();
      await cloud.stop();
    },
  };
});

/** S3 that answers writes with these errors, one after the other, and then takes them. */
function refusing(...names: string[]): { readonly s3: S3Client; readonly bodies: unknown[] } {
  const s3 = new S3Client({ region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  const bodies: unknown[] = [];
  s3.middlewareStack.add(
    (_next, { commandName }) => async ({ input }) => {
      if (commandName !== PutObjectCommand.name) throw new Error(`${String(commandName)} is not expected`);
      bodies.push((input as { readonly Body?: unknown }).Body);
      const name = names.shift();
      if (name !== undefined) throw Object.assign(new Error(name), { name });
      return { output: { $metadata: {} }, response: {} };
    },
    { step: 'initialize', priority: 'high' },
  );
  return { s3, bodies };
}

describe('a secret that two write at the same moment', () => {
  it('is written again by who is told to', async () => {
    const { s3, bodies } = refusing('ConditionalRequestConflict', 'ConditionalRequestConflict');
    const secret = await new S3AttemptSecrets({ s3, deployment }).of(jobId('01hsecret00000000000000006'), 1);
    expect(bodies).toEqual([secret, secret, secret]);
  });

  it('is given up where that does not end, or for any other refusal', async () => {
    for (const names of [Array.from({ length: 9 }, () => 'ConditionalRequestConflict'), ['AccessDenied']]) {
      const [name = ''] = names;
      const { s3 } = refusing(...names);
      await expect(new S3AttemptSecrets({ s3, deployment }).of(jobId('01hsecret00000000000000007'), 1)).rejects.toThrow(name);
    }
  });
});
