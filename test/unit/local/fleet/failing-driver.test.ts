import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateFleetCommand, DescribeInstancesCommand, EC2Client, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { expect, it, jest } from '@jest/globals';
import { eventually } from '../../../../local/eventually.ts';
import { StandaloneCloud } from '../../../../local/fleet/cloud/standalone-cloud.ts';
import { OPEN_AUTHORIZER } from '../../../../local/fleet/http/authorizer.ts';
import type { InstanceDriver } from '../../../../local/fleet/instances/driver.ts';
import { parseScenario } from '../../../../local/fleet/market/scenario.ts';
import { startSimulator } from '../../../../local/fleet/simulator.ts';

const refuses = (): Promise<never> => Promise.reject(new Error('the disk is full'));

/** Makes machines that it cannot end. */
const driver: InstanceDriver = {
  isolation: 'none', isolationNote: '', start: async () => undefined, run: refuses, stop: refuses, share: refuses, unshare: refuses, readFile: async () => undefined,
  kill: refuses, destroy: refuses,
};

/** A simulator with one instance. */
async function startWithInstance(machines: InstanceDriver) {
  const stateDirectory = mkdtempSync(join(tmpdir(), 'fleet-'));
  const scenario = parseScenario({ boot: { runningSeconds: 0, registerSeconds: 0, terminateSeconds: 0, jitter: 0 }, visibility: { instanceMs: 0 } });
  const simulator = await startSimulator({ port: 0, stateDirectory, speed: 1, cloud: new StandaloneCloud(), authorizer: OPEN_AUTHORIZER, driver: machines, scenario });
  const ec2 = new EC2Client({ endpoint: simulator.url, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  const { Instances } = await ec2.send(new CreateFleetCommand({
    Type: 'instant',
    LaunchTemplateConfigs: [{ LaunchTemplateSpecification: { LaunchTemplateId: 'lt-1', Version: '1' }, Overrides: [{ InstanceType: 'm6i.large', AvailabilityZone: 'us-east-1a' }] }],
    TargetCapacitySpecification: { TotalTargetCapacity: 1, DefaultTargetCapacityType: 'on-demand' },
  }));
  const InstanceIds = Instances?.[0]?.InstanceIds ?? [];
  const leave = (): void => {
    ec2.destroy();
    rmSync(stateDirectory, { recursive: true });
  };
  return { simulator, ec2, InstanceIds, leave };
}

it('a simulator goes on where a machine cannot be ended, and says so', async () => {
  const said = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  const { simulator, ec2, InstanceIds, leave } = await startWithInstance(driver);

  await ec2.send(new TerminateInstancesCommand({ InstanceIds }));

  await eventually('it is terminated', async () => {
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds }));
    return Reservations?.[0]?.Instances?.[0]?.State?.Name === 'terminated';
  }, { timeoutMs: 20_000, pollMs: 10 });
  expect(said).toHaveBeenCalledWith(expect.stringContaining(InstanceIds[0] ?? 'an instance'), expect.objectContaining({ message: 'the disk is full' }));
  await expect(simulator.close()).rejects.toThrow('1 of 1 instances could not be ended');
  leave();
});

it('a simulator that closes tries to end once more what did not end', async () => {
  const asked: string[] = [];
  const { simulator, InstanceIds, leave } = await startWithInstance({ ...driver, kill: (id) => asked.push(id) === 1 ? refuses() : Promise.resolve() });

  await simulator.close();

  expect(asked).toEqual([...InstanceIds, ...InstanceIds]);
  leave();
});
