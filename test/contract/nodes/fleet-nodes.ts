import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateFleetCommand, DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { CreateDocumentCommand, SSMClient } from '@aws-sdk/client-ssm';
import { instanceId, type JobId } from '../../../core/job/ids.ts';
import type { Node } from '../../../core/job/job.ts';
import { SsmNodeCommands } from '../../../lambdas/adapters/ssm/ssm-node-commands.ts';
import { eventually } from '../../../local/eventually.ts';
import { StandaloneCloud } from '../../../local/fleet/cloud/standalone-cloud.ts';
import { OPEN_AUTHORIZER } from '../../../local/fleet/http/authorizer.ts';
import { ProcessDriver } from '../../../local/fleet/instances/process-driver.ts';
import { parseScenario } from '../../../local/fleet/market/scenario.ts';
import { startSimulator } from '../../../local/fleet/simulator.ts';
import { stepDocumentContent } from '../../../lib/nodes/step-document-content.ts';
import { aNode } from '../../builders/nodes.ts';
import { destroyAll } from './destroy-all.ts';
import { ServedPayloads } from './served-payloads.ts';
import type { NodesWorld } from './world.ts';

const root = join(import.meta.dirname, '../../..');
const region = 'us-east-1';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const deployment = { name: 'contract', stepDocument: 'contract-step' };
const boot = { runningSeconds: 0, registerSeconds: 0, terminateSeconds: 0, jitter: 0 };

/** Nodes of the fleet simulator, which execute steps by the real document and the real adapter; they boot by `userData`. */
export async function openFleetNodes(userData?: string): Promise<NodesWorld> {
  const stateDirectory = await mkdtemp(join(tmpdir(), 'nodes-contract-'));
  const driver = new ProcessDriver({ directory: join(stateDirectory, 'instances'), standIns: join(root, 'local/fleet/stand-ins'), visible: [], python: 'python3' });
  const payloads = new ServedPayloads(region);
  await payloads.listen();
  const cloud = new StandaloneCloud();
  if (userData !== undefined) cloud.templates.set('lt-1', { userData });
  const clear = async (): Promise<void> => {
    payloads.close();
    await rm(stateDirectory, { recursive: true, force: true });
  };
  const simulator = await startSimulator({
    port: 0, stateDirectory, speed: 1, cloud, upstream: payloads.url, authorizer: OPEN_AUTHORIZER, driver,
    scenario: parseScenario({ boot, visibility: { instanceMs: 0 } }),
  }).catch(async (error: unknown) => {
    await clear();
    throw error;
  });
  const client = { endpoint: simulator.url, region, credentials };
  const ec2 = new EC2Client(client);
  const ssm = new SSMClient(client);
  const content = JSON.stringify(stepDocumentContent((file) => readFileSync(join(root, 'nodes', file), 'utf8')));
  await ssm.send(new CreateDocumentCommand({ Name: deployment.stepDocument, DocumentType: 'Command', DocumentFormat: 'JSON', Content: content }));
  const commands = new SsmNodeCommands({ ssm, payloads, deployment });
  return {
    commands,
    tellsTimes: true,
    start: (jobId, count) => startNodes(ec2, jobId, count),
    awaitOnline: async (jobId, instances) => {
      await eventually('all nodes are online', async () => (await commands.online(jobId, 1)).size >= instances.length, { timeoutMs: 50_000, pollMs: 100 });
    },
    heldScript: (text, exitCode) => `until [ -e /data/go ]; do sleep 0.05; done; rm /data/go; echo ${text}; exit ${exitCode}`,
    letGo: (node) => writeFile(join(stateDirectory, 'instances', node.instanceId, 'root/data/go'), ''),
    close: async () => {
      const instances = simulator.context.instances.values().map(({ id }) => id);
      try {
        await simulator.close();
        await destroyAll(driver, instances);
      } finally {
        await clear();
      }
    },
  };
}

async function startNodes(ec2: EC2Client, jobId: JobId, count: number): Promise<readonly Node[]> {
  const tags = { 'orchestrator:deployment': deployment.name, 'orchestrator:job': jobId, 'orchestrator:attempt': '1' };
  await ec2.send(
    new CreateFleetCommand({
      Type: 'instant',
      LaunchTemplateConfigs: [{ LaunchTemplateSpecification: { LaunchTemplateId: 'lt-1', Version: '1' }, Overrides: [{ InstanceType: 'm6i.large', AvailabilityZone: 'us-east-1a' }] }],
      TargetCapacitySpecification: { TotalTargetCapacity: count, DefaultTargetCapacityType: 'on-demand' },
      TagSpecifications: [{ ResourceType: 'instance', Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }],
    }),
  );
  return [...(await describe(ec2))].map(([id, address], rank) => aNode(rank, { instanceId: instanceId(id), address }));
}

async function describe(ec2: EC2Client): Promise<ReadonlyMap<string, string>> {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}));
  return new Map(Reservations.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId = '', PrivateIpAddress = '' }) => [InstanceId, PrivateIpAddress] as const)));
}
