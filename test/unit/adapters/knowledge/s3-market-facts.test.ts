import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { S3Client } from '@aws-sdk/client-s3';
import { nothingRead } from '../../../../lambdas/adapters/knowledge/market-facts.ts';
import { S3MarketFacts } from '../../../../lambdas/adapters/knowledge/s3-market-facts.ts';

describe('S3MarketFacts', () => {
  let server: Server;
  let facts: S3MarketFacts;
  let answer = { status: 200, body: '' };
  const asked: string[] = [];
  const conditions: unknown[] = [];

  beforeEach(async () => {
    answer = { status: 200, body: '' };
    conditions.length = 0;
    server = createServer((request, response) => {
      asked.push(`${request.method} ${new URL(request.url ?? '', 'http://s3').pathname}`);
      if (request.method === 'PUT') conditions.push(request.headers['if-none-match']);
      request.resume().on('end', () => response.writeHead(answer.status).end(answer.body));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const s3 = new S3Client({ endpoint, region: 'us-east-1', maxAttempts: 1, credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
    facts = new S3MarketFacts({ s3, deployment: { stepBucket: 'steps' } });
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const refused = (status: number, code: string) => ({ status, body: `<Error><Code>${code}</Code><Message>No.</Message></Error>` });

  it.each([refused(404, 'NoSuchKey'), refused(403, 'AccessDenied')])('has nothing where the object is not there, however S3 says it: $body', async (said) => {
    answer = said;
    expect(await facts.read()).toBeUndefined();
  });

  it.each([
    { said: refused(500, 'InternalError'), why: 'No.' },
    { said: { status: 200, body: '{' }, why: 'JSON' },
    { said: { status: 200, body: '{"region":"us-east-1","bands":{"good":{"asOfMs":1,"value":{"m6i.large":9}}},"quotas":{}}' }, why: 'Too big' },
  ])('throws what it cannot read: $said.body', async ({ said, why }) => {
    answer = said;
    await expect(facts.read()).rejects.toThrow(why);
  });

  it('tells a document that it cannot make out from what S3 refuses', async () => {
    answer = { status: 200, body: '{"bands":"many"}' };
    await expect(facts.read()).rejects.toMatchObject({ name: 'UnreadableFactsError' });
    answer = refused(403, 'KMS.DisabledException');
    await expect(facts.read()).rejects.toMatchObject({ name: 'KMS.DisabledException' });
  });

  it('writes first facts only where there are none: a read that is denied looks like none', async () => {
    await facts.write(nothingRead('us-east-1'), true);
    await facts.write(nothingRead('us-east-1'), false);
    expect(conditions).toEqual(['*', undefined]);
    answer = refused(412, 'PreconditionFailed');
    await expect(facts.write(nothingRead('us-east-1'), true)).rejects.toMatchObject({ name: 'PreconditionFailed' });
  });

  it('reads and writes the one object that its functions may', async () => {
    asked.length = 0;
    answer = { status: 200, body: JSON.stringify(nothingRead('us-east-1')) };
    await facts.write(nothingRead('us-east-1'), false);
    expect(await facts.read()).toEqual({ region: 'us-east-1', bands: {}, quotas: {} });
    expect(asked).toEqual(['PUT /steps/market/facts.json', 'GET /steps/market/facts.json']);
  });
});
