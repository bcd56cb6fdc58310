import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { bundleHandlers } from '../../lib/functions/handler-bundles.ts';
import { bundles, scratchFolder, synthesize } from './synthesize.ts';
import { grantsOf } from './policies.ts';

const mebibyte = 1024 ** 2;
/** DESIGN's numbers: the EC2 client alone is larger than most handlers. */
const largest = { withEc2: 1.6 * mebibyte, others: mebibyte };

describe('bundles', () => {
  it.each(bundles.names)('of %s start quickly: they are small', (name) => {
    const limit = bundles.clients(name).includes('ec2') ? largest.withEc2 : largest.others;
    expect(statSync(join(bundles.folder(name), 'index.mjs')).size).toBeLessThan(limit);
  });

  it('replace constants in either way of writing them', () => {
    const sources = scratchFolder('sources-');
    const folder = join(sources, 'lambdas', 'area', 'say-constant');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'handler.ts'), "export const handler = () => [process.env['ORCH_DEPLOYMENT'], process.env.ORCH_DEPLOYMENT];");
    const made = bundleHandlers(sources, { 'process.env.ORCH_DEPLOYMENT': '{"name":"inlined"}' }, scratchFolder('bundles-'));
    const text = readFileSync(join(made.folder('area/say-constant'), 'index.mjs'), 'utf8');
    expect(text).not.toContain('process.env');
    expect(text).toContain('inlined');
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
    'sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl',
    'dynamodb:ListStreams', 'dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator']);
  // EC2 does these in the caller's name while it launches.
  const byEc2 = new Set(['iam:PassRole', 'ssm:GetParameters']);

  // Clients that come along with a composition of which the handler uses another part: it needs no permission for these.
  const broughtAlong: Readonly<Record<string, readonly string[]>> = {
    'api/validate-manifest': ['dynamodb'],
    'lifecycle/destroy-nodes': ['s3'],
    'lifecycle/on-instance-event': ['pricing', 's3'],
    'queue/publish-events': ['dynamodb'],
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
