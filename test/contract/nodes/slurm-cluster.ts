import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateFleetCommand, DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { CreateDocumentCommand, SSMClient } from '@aws-sdk/client-ssm';
import { instanceId, jobId } from '../../../core/job/ids.ts';
import type { Node } from '../../../core/job/job.ts';
import type { Manifest } from '../../../core/manifest/schema.ts';
import type { CommandStatus, NodeAnswer } from '../../../core/ports/node-commands.ts';
import { unitOf, type NodeStep } from '../../../core/runtimes/node-step.ts';
import { slurmRuntime } from '../../../core/runtimes/slurm/slurm-runtime.ts';
import { stepsOf } from '../../../core/runtimes/steps.ts';
import { SsmNodeCommands } from '../../../lambdas/adapters/ssm/ssm-node-commands.ts';
import { eventually } from '../../../local/eventually.ts';
import type { RoleCredentials } from '../../../local/fleet/cloud/cloud.ts';
import { StandaloneCloud } from '../../../local/fleet/cloud/standalone-cloud.ts';
import { OPEN_AUTHORIZER } from '../../../local/fleet/http/authorizer.ts';
import { ProcessDriver } from '../../../local/fleet/instances/process-driver.ts';
import { parseScenario } from '../../../local/fleet/market/scenario.ts';
import { startSimulator, type Simulator } from '../../../local/fleet/simulator.ts';
import { stepDocumentContent } from '../../../lib/nodes/step-document-content.ts';
import { aNode } from '../../builders/nodes.ts';
import { destroyAll } from './destroy-all.ts';
import { ServedPayloads } from './served-payloads.ts';

const root = join(import.meta.dirname, '../../..');
const region = 'us-east-1';
const deployment = { name: 'contract', stepDocument: 'contract-step' };
const job = jobId('01hjob0000000000000000000s');
const boot = { runningSeconds: 0, registerSeconds: 0, terminateSeconds: 0, jitter: 0 };
const HARDWARE = { vcpus: 8, cores: 4, memoryMiB: 8192, gpus: 0 };
/** Between a Spot notice and the end of the machine. */
const NOTICE_SECONDS = 24;
const POLL_MS = 50;
const PATIENCE_MS = 60_000;
/** From when a step is sent, which may live through much that a test does; less than a test may take. */
const STEP_PATIENCE_MS = 240_000;
/** Of the steps, where one does not end: characters. */
const LAST_WORDS = 6_000;

/** Longest that a test on such a cluster takes: more than it waits for anything. */
export const SLURM_TEST_MS = 300_000;

/** A command that was sent, and what became of it. */
export interface SentStep {
  readonly ended: Promise<CommandStatus>;
}

/** Real hosts of the fleet simulator with the machine's Slurm or another root's, to which the product's own steps are sent. */
export class SlurmCluster {
  /** By rank; who is replaced is not among them any more. */
  nodes: readonly Node[] = [];
  readonly secret = Buffer.from(Array.from({ length: 96 }, (_, index) => (index * 37) % 256)).toString('base64');
  readonly payloads = new ServedPayloads(region);
  readonly #directory: string;
  readonly #driver: ProcessDriver;
  #simulator: Simulator | undefined;
  #commands: SsmNodeCommands | undefined;
  #ec2: EC2Client | undefined;
  #inspections = 0;
  /** Ends what tests that failed still wait for: it would be told of in other files. */
  readonly #closed = new AbortController();

  private constructor(directory: string, base: string | undefined) {
    this.#directory = directory;
    const options = { directory: join(directory, 'instances'), standIns: join(root, 'local/fleet/stand-ins'), visible: [], python: 'python3' };
    this.#driver = new ProcessDriver(options, { network: join(directory, 'network'), base });
  }

  static async open(base?: string): Promise<SlurmCluster> {
    const cluster = new SlurmCluster(await mkdtemp(join(tmpdir(), 'slurm-contract-')), base);
    try {
      await cluster.#start();
    } catch (error) {
      await cluster.close();
      throw error;
    }
    return cluster;
  }

  async #start(): Promise<void> {
    await this.payloads.listen();
    this.#simulator = await startSimulator({
      port: 0, stateDirectory: this.#directory, speed: 1, cloud: new CloudWithRole(), upstream: this.payloads.url, authorizer: OPEN_AUTHORIZER,
      driver: this.#driver, scenario: parseScenario({ boot, visibility: { instanceMs: 0, invocationMs: 0 }, noticeSeconds: NOTICE_SECONDS }),
    });
    const client = { endpoint: this.#simulator.url, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
    this.#ec2 = new EC2Client(client);
    const ssm = new SSMClient(client);
    const Content = JSON.stringify(stepDocumentContent((file) => readFileSync(join(root, 'nodes', file), 'utf8')));
    await ssm.send(new CreateDocumentCommand({ Name: deployment.stepDocument, DocumentType: 'Command', DocumentFormat: 'JSON', Content }));
    this.#commands = new SsmNodeCommands({ ssm, payloads: this.payloads, deployment });
  }

  /** Launches a machine and answers it as the node of a rank. */
  async launch(rank: number, zone: string, market: 'spot' | 'on-demand' = 'on-demand'): Promise<Node> {
    const tags = { 'orchestrator:deployment': deployment.name, 'orchestrator:job': job, 'orchestrator:attempt': '1' };
    const { Instances = [] } = (await this.#ec2?.send(
      new CreateFleetCommand({
        Type: 'instant',
        LaunchTemplateConfigs: [{ LaunchTemplateSpecification: { LaunchTemplateId: 'lt-1', Version: '1' }, Overrides: [{ InstanceType: 'm6i.large', AvailabilityZone: zone }] }],
        TargetCapacitySpecification: { TotalTargetCapacity: 1, DefaultTargetCapacityType: market },
        TagSpecifications: [{ ResourceType: 'instance', Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }],
      }),
    )) ?? {};
    const InstanceId = Instances[0]?.InstanceIds?.[0] ?? '';
    const found = await this.#ec2?.send(new DescribeInstancesCommand({ InstanceIds: [InstanceId] }));
    const address = found?.Reservations?.[0]?.Instances?.[0]?.PrivateIpAddress ?? '';
    const node = aNode(rank, { instanceId: instanceId(InstanceId), address, zone, market, hardware: HARDWARE });
    await this.until(`${node.instanceId} is online`, async () => (await this.#commands?.online(job, 1))?.has(node.instanceId) ?? false);
    return node;
  }

  /** The orchestrator's steps of the configuration, one after the other, in a round; answers all that nodes said. */
  async configure(manifest: Manifest, round = 0): Promise<readonly NodeAnswer[]> {
    const answers: NodeAnswer[] = [];
    for (const step of stepsOf('configure', { manifest, runtime: slurmRuntime, imageAliases: {} })) {
      answers.push(...(await this.send(manifest, { ...step, round }).ended).answers);
    }
    return answers;
  }

  /** Tells the head that these nodes are gone; answers the report. Nobody else waits for this step. */
  async tellLost(manifest: Manifest, lost: readonly Node[]): Promise<string> {
    const [first] = lost;
    const [head] = this.nodes;
    const told = slurmRuntime.tellLost({ manifest }, lost);
    if (told === undefined || first === undefined || head === undefined) throw new Error('there is nobody to tell, or nothing');
    const step: NodeStep = { ...told, phase: 'aside', index: first.rank };
    await this.#sent(manifest, step, []);
    const folder = `/var/lib/orchestrator/steps/${unitOf(job, 1, step)}`;
    return this.look(head, `until [ -e ${folder}/exit ]; do sleep 0.05; done; cat ${folder}/report`);
  }

  send(manifest: Manifest, step: NodeStep, stopFirst: readonly string[] = []): SentStep {
    const ended = this.#sent(manifest, step, stopFirst).then((commandId) => this.#end(commandId, step));
    // Where the test fails before it asks.
    ended.catch(() => undefined);
    return { ended };
  }

  async #sent(manifest: Manifest, step: NodeStep, stopFirst: readonly string[]): Promise<string> {
    const { nodes, secret } = this;
    const cluster = { manifest, jobId: job, attempt: 1, namespace: 'research', nodes, secret };
    const clusterFiles = step.clusterFiles === true ? { clusterFiles: slurmRuntime.clusterFiles(cluster) } : {};
    const dispatch = { jobId: job, attempt: 1, namespace: 'research', step, nodes, stopFirst, ...clusterFiles, commandTimeoutSeconds: 3600 };
    if (this.#commands === undefined) throw new Error('the cluster has not been opened');
    return this.#commands.send(dispatch);
  }

  async #end(commandId: string, { phase, index }: NodeStep): Promise<CommandStatus> {
    const over = async (): Promise<CommandStatus | undefined> => {
      const status = await this.#commands?.status(commandId);
      return status?.over === true ? status : undefined;
    };
    return eventually(`step ${phase}/${index} ends`, over, { timeoutMs: STEP_PATIENCE_MS, pollMs: POLL_MS, stopped: this.#closed.signal }).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.logs().slice(-LAST_WORDS)}`, { cause: error });
    });
  }

  /** What a script prints on a host, beside whatever runs there. */
  async look(node: Node, script: string): Promise<string> {
    this.#inspections += 1;
    const result = await this.#driver.run({ instanceId: node.instanceId, name: `look-${this.#inspections}`, script, environment: {} });
    return `${result.standardOutput}${result.standardError}`.trimEnd();
  }

  /** Its processes and its network end at once; nobody is told. */
  async kill(node: Node): Promise<void> {
    await this.#driver.kill(node.instanceId);
  }

  /** EC2 announces that it takes the machine back. */
  async notice(node: Node): Promise<void> {
    await fetch(`${this.#simulator?.url}/_fleet/interrupt`, { method: 'POST', body: JSON.stringify({ instanceId: node.instanceId, notice: 'interruption' }) });
  }

  /** Folders of this machine that hold what is a host's own, on disk and in memory. */
  async folders(node: Node): Promise<readonly string[]> {
    const folder = join(this.#directory, 'instances', node.instanceId);
    const { pid }: { readonly pid: number } = JSON.parse(await readFile(join(folder, 'holder.json'), 'utf8'));
    return [join(folder, 'upper'), join(folder, 'runs'), ...['run', 'tmp', 'data', 'dev/shm'].map((name) => `/proc/${pid}/root/${name}`)];
  }

  /** Waits until something is so, no longer than a minute, nor than the cluster is there. */
  async until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
    await eventually(what, isSo, { timeoutMs: PATIENCE_MS, pollMs: POLL_MS, stopped: this.#closed.signal });
  }

  /** Waits until a line of a step says each of these words. */
  async heard(...words: string[]): Promise<void> {
    await this.until(`the steps say ${words.join(', ')}`, () => words.every((word) => this.logs().includes(word)));
  }

  /** The lines of the steps so far, as CloudWatch Logs has them. */
  logs(): string {
    return this.payloads.logged.join('\n');
  }

  async close(): Promise<void> {
    this.#closed.abort();
    const ids = this.#simulator?.context.instances.values().map(({ id }) => id) ?? [];
    try {
      await this.#simulator?.close();
      await destroyAll(this.#driver, ids);
    } finally {
      this.payloads.close();
      await rm(this.#directory, { recursive: true, force: true });
    }
  }
}

/** A cloud whose machines may write logs. */
class CloudWithRole extends StandaloneCloud {
  constructor() {
    super();
    const arn = 'arn:aws:iam::000000000000:instance-profile/node';
    this.templates.set('lt-1', { profile: { arn } });
    this.profiles.set(arn, { arn, roleArn: 'arn:aws:iam::000000000000:role/node', roleName: 'node' });
  }

  override async roleCredentials(roleArn: string, sessionName: string): Promise<RoleCredentials> {
    return { ...(await super.roleCredentials(roleArn, sessionName)), expiresAtMs: Date.UTC(2100, 0) };
  }
}
