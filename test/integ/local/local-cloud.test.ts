import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { GetDocumentCommand, SSMClient } from '@aws-sdk/client-ssm';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startLocalCloud, type LocalCloud } from '../../../local/cloud.ts';
import type { Credentials } from '../../../local/environment-file.ts';
import { eventually } from '../../../local/eventually.ts';
import { searchPath } from '../../../local/paths.ts';
import { isRunning } from '../../../local/processes.ts';
import { readRecord } from '../../../local/record.ts';
import { testClouds } from '../../../local/test-clouds.ts';
import { signedRequest } from './signed-request.ts';

jest.setTimeout(240_000);

const run = promisify(execFile);
const region = 'us-east-1';
const dir = join(testClouds, 'local-cloud');
const probe = (release: string) => ({
  command: 'node test/integ/local/probe-app.mjs', sources: ['test/integ/local/probe-app.mjs'], context: { release },
});

let cloud: LocalCloud;

beforeAll(async () => {
  rmSync(join(dir, 'finish'), { force: true });
  process.env['PROBE_LEAK'] = 'a variable of the caller';
  cloud = await startLocalCloud({ dir, port: 0, app: probe('1') });
});

afterAll(async () => {
  delete process.env['PROBE_LEAK'];
  await cloud?.stop();
});

const client = () => ({ endpoint: cloud.endpoint, region, credentials: cloud.administrator });

async function userWith(name: string, statement: object): Promise<Credentials> {
  const iam = new IAMClient(client());
  await iam.send(new CreateUserCommand({ UserName: name }));
  await iam.send(new PutUserPolicyCommand({
    UserName: name, PolicyName: 'Probe',
    PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] }),
  }));
  const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: name }));
  return { accessKeyId: key?.AccessKeyId ?? '', secretAccessKey: key?.SecretAccessKey ?? '' };
}

async function get(path: string, credentials?: Credentials): Promise<{ status: number; body: string }> {
  const signing = credentials === undefined ? [] : [
    '--aws-sigv4', `aws:amz:${region}:execute-api`, '--user', `${credentials.accessKeyId}:${credentials.secretAccessKey}`,
  ];
  const { stdout } = await run('curl', ['-s', '-w', '\n%{http_code}', ...signing, `${cloud.outputs['ApiUrl']}${path}`]);
  const end = stdout.lastIndexOf('\n');
  return { status: Number(stdout.slice(end + 1)), body: stdout.slice(0, end) };
}

async function invoke(event: object): Promise<{ release: string }> {
  const { Payload: payload } = await new LambdaClient(client()).send(new InvokeCommand({
    FunctionName: cloud.outputs['FunctionName'], Payload: JSON.stringify(event),
  }));
  return JSON.parse(JSON.parse(payload?.transformToString() ?? '').body);
}

const terminate = (owner: string) => ({
  action: 'ec2:TerminateInstances', resource: `arn:aws:ec2:${region}:000000000000:instance/i-1`,
  context: { 'aws:ResourceTag/owner': owner },
});

async function authorize(request: object, checks: object[]): Promise<unknown> {
  const response = await fetch(`${cloud.endpoint}/_local/authorize`, { method: 'POST', body: JSON.stringify({ ...request, checks }) });
  return response.json();
}

describe('the API', () => {
  it('answers the researcher, who sees EC2 at the fleet and nothing of the caller\'s environment', async () => {
    const { status, body } = await get('v1/queue', cloud.credentials);

    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({
      release: '1', ec2: cloud.fleetUrl, caller: 'arn:aws:iam::000000000000:user/researcher',
    });
  });

  it('refuses who does not sign, and who signs with another secret', async () => {
    expect((await get('v1/queue')).status).toBe(403);
    expect((await get('v1/queue', { ...cloud.credentials, secretAccessKey: 'guessed' })).status).toBe(403);
  });

  it('refuses a user whose policy names another path', async () => {
    const genomics = await userWith('genomics', {
      Action: 'execute-api:Invoke', Resource: `arn:aws:execute-api:${region}:*:*/*/*/v1/namespaces/genomics/*`,
    });

    expect((await get('v1/namespaces/genomics/jobs', genomics)).status).toBe(200);
    expect((await get('v1/namespaces/physics/jobs', genomics)).status).toBe(403);
  });
});

describe('what CloudFormation is given', () => {
  it('starts executions on the alias of a published version', async () => {
    const sfn = new SFNClient(client());
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn: cloud.outputs['AliasArn'] }));
    const outcome = async () => sfn.send(new DescribeExecutionCommand({ executionArn }));
    const ended = await eventually('the execution ends', async () => {
      const { status, output } = await outcome();
      return status !== 'RUNNING' && { output };
    }, { pollMs: 50 });

    expect(ended.output).toBe('"1"');
  });

  it('knows the VPC\'s addresses and a group that refers to itself', async () => {
    expect(cloud.outputs['VpcCidr']).toBe('10.0.0.0/16');
    const groups = await new EC2Client(client()).send(new DescribeSecurityGroupsCommand({ GroupIds: [cloud.outputs['GroupId'] ?? ''] }));
    expect(groups.SecurityGroups?.[0]?.IpPermissions?.[0]?.UserIdGroupPairs?.[0]?.GroupId).toBe(cloud.outputs['GroupId']);
  });

  it('keeps SSM documents in the fleet', async () => {
    const ssm = new SSMClient({ ...client(), endpoint: cloud.fleetUrl });
    const { Content: content } = await ssm.send(new GetDocumentCommand({ Name: cloud.outputs['DocumentName'] }));
    expect(content).toContain('Probe, release 1');
  });

  it('turns metric lines of functions into metrics', async () => {
    await invoke({});
    const { stdout } = await run('aws', ['cloudwatch', 'list-metrics', '--namespace', 'Probe', '--output', 'text', '--query', 'Metrics[].MetricName'], {
      env: {
        PATH: searchPath(), AWS_ENDPOINT_URL: cloud.endpoint, AWS_DEFAULT_REGION: region,
        AWS_ACCESS_KEY_ID: cloud.administrator.accessKeyId, AWS_SECRET_ACCESS_KEY: cloud.administrator.secretAccessKey,
      },
    });
    expect(stdout.trim()).toBe('Calls');
  });
});

describe('authorization for the fleet', () => {
  it('verifies the signature and evaluates each check with its condition keys', async () => {
    const keeper = await userWith('keeper', {
      Action: 'ec2:TerminateInstances', Resource: '*', Condition: { StringEquals: { 'aws:ResourceTag/owner': 'keeper' } },
    });
    const request = await signedRequest(keeper);

    expect(await authorize(request, [terminate('keeper')])).toMatchObject({
      allowed: true, principal: 'arn:aws:iam::000000000000:user/keeper', checks: [{ allowed: true }],
    });
    expect(await authorize(request, [terminate('keeper'), terminate('other')])).toMatchObject({
      allowed: false, code: 'AccessDenied', checks: [{ allowed: true }, { allowed: false }],
      message: expect.stringContaining('user/keeper is not authorized to perform: ec2:TerminateInstances on resource'),
    });
  });

  it('refuses another body than the signed one, and another secret', async () => {
    const request = await signedRequest(cloud.credentials);
    expect(await authorize({ ...request, body: Buffer.from('Action=Other').toString('base64') }, [])).toMatchObject({
      allowed: false, code: 'XAmzContentSHA256Mismatch',
    });
    expect(await authorize(await signedRequest({ ...cloud.credentials, secretAccessKey: 'guessed' }), [])).toMatchObject({
      allowed: false, code: 'SignatureDoesNotMatch',
    });
  });

  it('knows the account\'s root, and refuses who is nobody', async () => {
    expect(await authorize(await signedRequest(cloud.administrator), [terminate('other')])).toMatchObject({ allowed: true });
    expect(await authorize(await signedRequest({ accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'x' }), [])).toMatchObject({ allowed: false });
    expect(await authorize({ headers: {}, method: 'POST', path: '/', body: '' }, [])).toMatchObject({
      allowed: false, code: 'MissingAuthenticationToken',
    });
  });
});

describe('a deployment of a new release', () => {
  it('lets running invocations finish, and serves the next with the new code', async () => {
    const untilFile = join(dir, 'finish');
    const running = invoke({ untilFile });

    await cloud.deploy({ app: probe('2') });

    expect(await invoke({})).toMatchObject({ release: '2' });
    writeFileSync(untilFile, '');
    expect(await running).toMatchObject({ release: '1' });
  });
});

describe('a second cloud', () => {
  it('runs beside the first, and leaves nothing but its logs', async () => {
    const second = await startLocalCloud({ dir: join(testClouds, 'second'), port: 0, app: false });
    const processes = readRecord(join(testClouds, 'second'))?.processes ?? [];
    expect(second.endpoint).not.toBe(cloud.endpoint);
    expect(processes.map(({ name }) => name)).toEqual(expect.arrayContaining(['fleet', 'ministack']));
    expect(processes.filter((process) => !isRunning(process))).toEqual([]);

    await second.stop();

    expect(processes.filter(isRunning)).toEqual([]);
    expect(readdirSync(join(testClouds, 'second')).filter((name) => !name.endsWith('.log'))).toEqual(['outputs.json']);
    expect(existsSync(join(dir, 'env'))).toBe(true);
  });
});
