import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { S3StepPayloads } from '../../../../lambdas/adapters/s3/s3-step-payloads.ts';
import { aDeployment } from '../../../builders/capacity.ts';
import { aDispatch, aStep } from '../../../builders/nodes.ts';
import { readNodeFile } from '../../../builders/nodes.ts';

describe('S3StepPayloads', () => {
  const objects = new Map<string, string>();
  let server: Server;
  let payloads: S3StepPayloads;

  beforeEach(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        objects.set(new URL(request.url ?? '', 'http://s3').pathname, Buffer.concat(chunks).toString());
        response.end();
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const s3 = new S3Client({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c+/=' } });
    payloads = new S3StepPayloads({ s3, deployment: { ...aDeployment(), stepBucket: 'steps', jobLogGroup: '/jobs' }, read: readNodeFile });
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('puts the step where only its URL leads, and the same step again in the same place', async () => {
    const dispatch = aDispatch({ step: aStep({ phase: 'postRun', index: 3 }) });
    const url = new URL(await payloads.publish(dispatch));
    await payloads.publish(dispatch);
    expect([...objects.keys()]).toEqual(['/steps/steps/01hjob0000000000000000000a/1/postRun-3.json']);
    expect(JSON.parse(objects.get(url.pathname) ?? '')).toMatchObject({ unit: 'orch-01hjob0000000000000000000a-1-postRun-3', logGroup: '/jobs' });
    expect(url.searchParams.get('X-Amz-Expires')).toBe('1800');
    expect(url.searchParams.has('X-Amz-Signature')).toBe(true);
  });

  it('makes URLs that the step document takes', async () => {
    expect(await payloads.publish(aDispatch())).toMatch(/^https?:\/\/[A-Za-z0-9._~:/?&=%+@,;!*-]+$/);
  });
});
