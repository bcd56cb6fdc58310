import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { CreateFleetCommand, DescribeSubnetsCommand, EC2Client, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import type { CreateFleetResult } from '@aws-sdk/client-ec2';
import {
  CreateDocumentCommand,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  SendCommandCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import type { GetCommandInvocationResult } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { startLocalCloud } from '../../../local/cloud.ts';
import type { LocalCloud } from '../../../local/cloud.ts';
import type { Credentials } from '../../../local/environment-file.ts';
import { eventually } from '../../../local/eventually.ts';
import { stopServers } from '../../../local/servers.ts';
import { testClouds } from '../../../local/test-clouds.ts';
import { prepareAccount } from './account.ts';
import type { PreparedAccount } from './account.ts';

jest.setTimeout(120_000);

const PATIENCE_MS = 60_000;
/** How long the unit of the last test sleeps: no other run on this machine has the same. */
const LONG = String(randomInt(100_000_000, 1_000_000_000));

const DOCUMENT = {
  schemaVersion: '2.2',
  parameters: { script: { type: 'StringList' } },
  mainSteps: [{ action: 'aws:runShellScript', name: 'step', inputs: { runCommand: ['#!/bin/bash', '{{ script }}'] } }],
};

describe('the fleet in an account with IAM', () => {
  let cloud: LocalCloud;
  let account: PreparedAccount;
  let node = '';
  const clients = (credentials: Credentials) => {
    const options = { endpoint: cloud.fleetUrl, region: 'us-east-1', credentials, maxAttempts: 1 };
    return { ec2: new EC2Client(options), ssm: new SSMClient(options) };
  };
  const launch = (team: string, credentials = account.operator): Promise<CreateFleetResult> =>
    clients(credentials).ec2.send(
      new CreateFleetCommand({
        Type: 'instant',
        LaunchTemplateConfigs: [
          { LaunchTemplateSpecification: { LaunchTemplateId: account.templateId, Version: '1' }, Overrides: [{ InstanceType: 'm6i.large', SubnetId: account.subnetId }] },
        ],
        TargetCapacitySpecification: { TotalTargetCapacity: 1, DefaultTargetCapacityType: 'on-demand' },
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'team', Value: team }] }],
      }),
    );
  const run = async (...script: string[]): Promise<GetCommandInvocationResult> => {
    const { ssm } = clients(account.operator);
    const { Command } = await ssm.send(new SendCommandCommand({ DocumentName: 'StepDocument', InstanceIds: [node], Parameters: { script } }));
    return eventually('the command ends', async () => {
      const result = await ssm.send(new GetCommandInvocationCommand({ CommandId: Command?.CommandId, InstanceId: node })).catch(() => undefined);
      return result?.Status === 'Success' || result?.Status === 'Failed' ? result : undefined;
    }, { timeoutMs: PATIENCE_MS, pollMs: 50 });
  };

  beforeAll(async () => {
    cloud = await startLocalCloud({ dir: join(testClouds, 'fleet'), port: 0, app: false, speed: 100 });
    account = await prepareAccount(cloud);
    const { ssm } = clients(account.operator);
    await ssm.send(new CreateDocumentCommand({ Name: 'StepDocument', DocumentType: 'Command', Content: JSON.stringify(DOCUMENT) }));
    const { Instances, Errors } = await launch('biology');
    expect(Errors).toEqual([]);
    node = Instances?.[0]?.InstanceIds?.[0] ?? '';
    await eventually('the node takes commands', async () => (await ssm.send(new DescribeInstanceInformationCommand({}))).InstanceInformationList?.[0], { timeoutMs: PATIENCE_MS, pollMs: 50 });
  });
  afterAll(() => cloud?.stop());

  it('hands on what it does not simulate, signature and all', async () => {
    const { Subnets } = await clients(account.operator).ec2.send(new DescribeSubnetsCommand({ SubnetIds: [account.subnetId] }));
    // Of 251 addresses the running instance holds one.
    expect(Subnets?.[0]).toMatchObject({ CidrBlock: '10.9.1.0/24', AvailableIpAddressCount: 250 });
  });

  it('refuses a launch whose tags the policy does not allow, by an error of the pool', async () => {
    const { Instances, Errors } = await launch('physics');
    expect(Instances).toEqual([]);
    expect(Errors?.[0]?.ErrorCode).toBe('UnauthorizedOperation');
    expect(Errors?.[0]?.ErrorMessage).toContain('user/operator is not authorized to perform: ec2:RunInstances on resource: arn:aws:ec2:us-east-1:000000000000:instance/*');
  });

  it('refuses a wrong signature', async () => {
    const forged = { ...account.operator, secretAccessKey: 'guess' };
    await expect(launch('biology', forged)).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
  });

  it('gives an instance the session of its role, and no more than that role may', async () => {
    const identity = await run('aws sts get-caller-identity --query Arn --output text');
    expect(identity.StandardOutputContent?.trim()).toBe(`arn:aws:sts::000000000000:assumed-role/node/${node}`);
    const written = await run(`cat /data/boot`, `docker run --rm --network host -v /data:/data amazon/aws-cli:latest s3 cp /data/boot s3://${account.bucket}/boot`);
    expect(written.StandardOutputContent).toContain('booted\n');
    expect(written).toMatchObject({ ResponseCode: 0 });
    expect((await run(`aws s3 ls s3://${account.bucket}`)).StandardErrorContent).toContain('AccessDenied');
    expect((await run(`aws ec2 terminate-instances --instance-ids ${node}`)).StandardErrorContent).toContain('UnauthorizedOperation');
  });

  it('comes back from a kill with its instances, whose units went on', async () => {
    await run('systemd-run --quiet --unit=job sh -c "until [ -e /data/go ]; do sleep 0.1; done; echo end >/data/end"');
    process.kill(cloud.fleetPid(), 'SIGKILL');
    await cloud.restartFleet();
    const result = await run('systemctl is-active job', 'touch /data/go', 'until [ -e /data/end ]; do sleep 0.1; done');
    expect(result).toMatchObject({ ResponseCode: 0, StandardOutputContent: 'active\n' });
  });

  it('ends with every process of its instances, also where the simulator hangs', async () => {
    await run(`systemd-run --quiet --unit=long sleep ${LONG}`);
    const before = await longSleepers();
    process.kill(cloud.fleetPid(), 'SIGSTOP');
    await stopServers(join(testClouds, 'fleet'), 500);
    expect([before, await longSleepers()]).toEqual([1, 0]);
    expect(existsSync(join(testClouds, 'fleet', 'fleet'))).toBe(false);
    await expect(clients(account.operator).ec2.send(new TerminateInstancesCommand({ InstanceIds: [node] }))).rejects.toThrow('ECONNREFUSED');
  });
});

/** How many processes of this machine are the unit that the last test starts. */
async function longSleepers(): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter((line) => line === `sleep\0${LONG}\0`).length;
}
