import { once } from 'node:events';
import { globSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { bundleHandlers, withPlainKeys } from '../../lib/functions/handler-bundles.ts';
import { bundles, scratchFolder, sourceRoot, synthesize } from './synthesize.ts';
import { grantsOf } from './policies.ts';

const mebibyte = 1024 ** 2;
/** DESIGN's numbers: the EC2 client alone is larger than most handlers. */
const largest = { withEc2: 1.6 * mebibyte, others: mebibyte };

describe('bundles', () => {
  it.each(bundles.names)('of %s start quickly: they are small', (name) => {
    const limit = bundles.clients(name).includes('ec2') ? largest.withEc2 : largest.others;
    expect(statSync(join(bundles.folder(name), 'index.mjs')).size).toBeLessThan(limit);
  });

  it('replace constants in either way of writing them', async () => {
    const sources = scratchFolder('sources-');
    const folder = join(sources, 'lambdas', 'area', 'say-constant');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'handler.ts'), "export const handler = () => [process.env['ORCH_DEPLOYMENT'], process.env.ORCH_DEPLOYMENT];");
    const made = await bundleHandlers(sources, { 'process.env.ORCH_DEPLOYMENT': '{"name":"inlined"}' }, scratchFolder('bundles-'));
    const text = readFileSync(join(made.folder('area/say-constant'), 'index.mjs'), 'utf8');
    expect(text).not.toContain('process.env');
    expect(text).toContain('inlined');
  });

  it('leave out what a client of the SDK could be asked and is not', () => {
    const text = readFileSync(join(bundles.folder('lifecycle/acquire-capacity'), 'index.mjs'), 'utf8');
    expect(text).toContain('CreateFleetRequest');
    expect(text).not.toContain('VerifiedAccessTrustProvider');
  });

  it.each(globSync('node_modules/@aws-sdk/client-*/dist-es/schemas/schemas_*.js', { cwd: sourceRoot }))('name the keys of shapes in %s as they stand', (file) => {
    const source = readFileSync(join(sourceRoot, file), 'utf8');
    const texts = new Map([...source.matchAll(/^const (\w+) = "(.*)";$/gm)].map(([, name, text]) => [name, text]));
    const keys = [...source.matchAll(/[{,]\s*\[(_\w+)\]:/g)].map(([, name]) => texts.get(name));
    const plain = withPlainKeys(source);
    expect(plain).not.toMatch(/[{,]\s*\[_\w+\]:/);
    expect([...plain.matchAll(/[{,]\s*"([^"]+)":/g)].map(([, key]) => key)).toEqual(keys);
  });

  it('speak the protocols of AWS as the clients do', async () => {
    const sources = scratchFolder('sources-');
    symlinkSync(join(sourceRoot, 'node_modules'), join(sources, 'node_modules'));
    const folder = join(sources, 'lambdas', 'area', 'describe-subnets');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'handler.ts'), `
      import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
      export const handler = (endpoint) => new EC2Client({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } })
        .send(new DescribeSubnetsCommand({ SubnetIds: ['subnet-1'], Filters: [{ Name: 'state', Values: ['available'] }] }));`);
    const made = await bundleHandlers(sources, {}, scratchFolder('bundles-'));
    const { handler }: { handler: (endpoint: string) => Promise<unknown> } = await import(pathToFileURL(join(made.folder('area/describe-subnets'), 'index.mjs')).href);
    const asked: string[] = [];
    const server = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => asked.push(chunk.toString()));
      request.on('end', () => response.end('<DescribeSubnetsResponse><subnetSet><item><subnetId>subnet-1</subnetId>'
        + '<availableIpAddressCount>7</availableIpAddressCount></item></subnetSet></DescribeSubnetsResponse>'));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const answer = await handler(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.closeAllConnections();
    server.close();
    expect(answer).toMatchObject({ Subnets: [{ SubnetId: 'subnet-1', AvailableIpAddressCount: 7 }] });
    expect(Object.fromEntries(new URLSearchParams(asked.join()))).toMatchObject({ 'SubnetId.1': 'subnet-1', 'Filter.1.Name': 'state', 'Filter.1.Value.1': 'available' });
  });

  it('that are missing are named', () => {
    expect(() => bundles.folder('queue/no-such-handler')).toThrow('lambdas/queue/no-such-handler/handler.ts');
  });
});

describe('permissions of a function', () => {
  const grants = grantsOf(synthesize().resources);
  /** Prefixes of the actions by which a client is used, other than its own name. */
  const services: Readonly<Record<string, string>> = { sfn: 'states', eventbridge: 'events', 'cloudwatch-logs': 'logs', 'service-quotas': 'servicequotas' };
  // What every function has: its own logs, its traces, and as a reader of the stream or with failures to keep.
  const common = new Set(['logs:CreateLogStream', 'logs:PutLogEvents', 'xray:PutTraceSegments', 'xray:PutTelemetryRecords',
    // Its endpoint for OTLP has no client.
    'xray:PutSpans', 'xray:PutSpansForIndexing',
    'sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl',
    'dynamodb:ListStreams', 'dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator']);
  // EC2 does these in the caller's name while it launches.
  const byEc2 = new Set(['iam:PassRole', 'ssm:GetParameters']);

  // Clients that come along with a composition of which the handler uses another part: it needs no permission for these.
  const broughtAlong: Readonly<Record<string, readonly string[]>> = {
    'api/validate-manifest': ['dynamodb'],
    'lifecycle/destroy-nodes': ['s3'],
    'lifecycle/explain-failure': ['pricing', 's3'],
    'lifecycle/on-instance-event': ['pricing', 's3'],
  };

  it.each(bundles.names)('%s are for the services that it calls, and for all of them', (name) => {
    const id = name.replaceAll(/(?:^|[/-])([a-z])/g, (_, letter: string) => letter.toUpperCase()).replace(/^(Api|Queue|Lifecycle|Capacity)/, '');
    const actions = grants
      .filter(({ policy }) => new RegExp(`^(Api|Scheduling|Lifecycle|Events|Market)${id}Role`).test(policy))
      .flatMap((grant) => grant.actions)
      .filter((action) => !common.has(action) && !byEc2.has(action));
    const clients = bundles.clients(name)
      .filter((client) => !broughtAlong[name]?.includes(client))
      .map((client) => services[client] ?? client);
    expect([...new Set(actions.map((action) => action.split(':')[0]))].sort()).toEqual(clients.sort());
  });
});
