import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { CreateFleetCommand, DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { CreateFleetCommandInput, CreateFleetResult, Instance } from '@aws-sdk/client-ec2';
import {
  CreateDocumentCommand,
  GetCommandInvocationCommand,
  ListCommandsCommand,
  SendCommandCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import type { GetCommandInvocationResult, SendCommandRequest } from '@aws-sdk/client-ssm';

import { eventually } from '../../../../local/eventually.ts';
import { StandaloneCloud } from '../../../../local/fleet/cloud/standalone-cloud.ts';
import { OPEN_AUTHORIZER } from '../../../../local/fleet/http/authorizer.ts';
import type { Authorizer } from '../../../../local/fleet/http/authorizer.ts';
import { ProcessDriver } from '../../../../local/fleet/instances/process-driver.ts';
import { parseScenario } from '../../../../local/fleet/market/scenario.ts';
import { startSimulator } from '../../../../local/fleet/simulator.ts';
import type { Simulator } from '../../../../local/fleet/simulator.ts';

/** The system's own python3, found once. */
export const PYTHON = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).stdout.trim();

interface TestFleetOptions {
  readonly scenario?: object;
  readonly speed?: number;
  readonly authorizer?: Authorizer;
  /** Instances are hosts, with a network of their own. */
  readonly hosts?: boolean;
}

/** A simulator in this process, with SDK clients against it and a folder that goes with it. */
export class TestFleet {
  readonly cloud = new StandaloneCloud();
  readonly #options: TestFleetOptions;
  readonly directory = mkdtempSync(path.join(tmpdir(), 'fleet-'));
  #simulator: Simulator | undefined;
  #ec2: EC2Client | undefined;
  #ssm: SSMClient | undefined;

  constructor(options: TestFleetOptions = {}) {
    this.#options = options;
  }

  /** Starts the simulator; again after `pause` it goes on where it was. */
  async start(): Promise<this> {
    this.#simulator = await startSimulator({
      port: 0,
      stateDirectory: this.directory,
      scenario: parseScenario({ visibility: { instanceMs: 0, invocationMs: 0 }, throttles: {}, ...this.#options.scenario }),
      speed: this.#options.speed ?? 1000,
      cloud: this.cloud,
      authorizer: this.#options.authorizer ?? OPEN_AUTHORIZER,
      driver: this.#driver(),
    });
    const client = {
      endpoint: this.#simulator.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
      maxAttempts: 1,
    };
    this.#ec2 = new EC2Client(client);
    this.#ssm = new SSMClient(client);
    return this;
  }

  #driver(): ProcessDriver {
    const options = {
      directory: path.join(this.directory, 'instances'),
      standIns: path.resolve('local/fleet/stand-ins'),
      visible: [],
      python: PYTHON,
    };
    return new ProcessDriver(options, this.#options.hosts === true ? { network: path.join(this.directory, 'network') } : undefined);
  }

  get simulator(): Simulator {
    return present(this.#simulator);
  }

  get ec2(): EC2Client {
    return present(this.#ec2);
  }

  get ssm(): SSMClient {
    return present(this.#ssm);
  }

  /** Stops serving; the instances go on. */
  async pause(): Promise<void> {
    this.#ec2?.destroy();
    this.#ssm?.destroy();
    await this.#simulator?.pause();
  }

  async close(): Promise<void> {
    this.#ec2?.destroy();
    this.#ssm?.destroy();
    await this.#simulator?.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Calls the control API. */
  async control(method: string, resource: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(`${this.simulator.url}/_fleet/${resource}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return answer.json();
  }

  /** Asks for `count` instances of a type in the zones with the given letters. */
  createFleet(count: number, options: Partial<CreateFleetCommandInput> & { zones?: string; types?: string[] } = {}): Promise<CreateFleetResult> {
    const { zones = 'a', types = ['m6i.large'], ...rest } = options;
    return this.ec2.send(
      new CreateFleetCommand({
        Type: 'instant',
        LaunchTemplateConfigs: [
          {
            LaunchTemplateSpecification: { LaunchTemplateId: 'lt-0abc', Version: '1' },
            Overrides: zones.split('').flatMap((zone) =>
              types.map((InstanceType) => ({ InstanceType: InstanceType as 'm6i.large', AvailabilityZone: `us-east-1${zone}` })),
            ),
          },
        ],
        TargetCapacitySpecification: { TotalTargetCapacity: count, DefaultTargetCapacityType: 'on-demand' },
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'job', Value: 'job-1' }] }],
        ...rest,
      }),
    );
  }

  /** All instances that DescribeInstances shows, or those of a job. */
  async instances(): Promise<Instance[]> {
    const { Reservations = [] } = await this.ec2.send(new DescribeInstancesCommand({}));
    return Reservations.flatMap((reservation) => reservation.Instances ?? []);
  }

  /** Instances of a job whose agents have registered. */
  async registered(count: number, options: Parameters<TestFleet['createFleet']>[1] = {}): Promise<string[]> {
    const { Instances = [] } = await this.createFleet(count, options);
    const ids = Instances.flatMap((launch) => launch.InstanceIds ?? []);
    await until(() =>
      ids.every((id) => {
        const instance = this.simulator.context.instances.get(id);
        return instance?.registeredAtMs !== undefined;
      }),
    );
    return ids;
  }

  /** Makes a document with one step that runs `script`, and sends it. */
  async send(script: string, request: Partial<SendCommandRequest>, inputs: object = {}): Promise<string> {
    const name = `Step-${Math.random().toString(36).slice(2)}`;
    await this.ssm.send(
      new CreateDocumentCommand({
        Name: name,
        DocumentType: 'Command',
        Content: JSON.stringify({
          schemaVersion: '2.2',
          mainSteps: [{ action: 'aws:runShellScript', name: 'step', inputs: { runCommand: script.split('\n'), ...inputs } }],
        }),
      }),
    );
    const { Command } = await this.ssm.send(new SendCommandCommand({ DocumentName: name, ...request }));
    return present(Command?.CommandId);
  }

  /** Runs a script on an instance and waits for its end. */
  async run(instanceId: string, script: string, inputs: object = {}): Promise<GetCommandInvocationResult> {
    const commandId = await this.send(script, { InstanceIds: [instanceId] }, inputs);
    await this.commandEnds(commandId);
    return this.ssm.send(new GetCommandInvocationCommand({ CommandId: commandId, InstanceId: instanceId }));
  }

  /** The details of a command's status once it has ended. */
  async commandEnds(commandId: string): Promise<string> {
    let status = '';
    await until(async () => {
      const { Commands = [] } = await this.ssm.send(new ListCommandsCommand({ CommandId: commandId }));
      status = Commands[0]?.StatusDetails ?? '';
      return !['Pending', 'InProgress', 'Cancelling', ''].includes(status);
    });
    return status;
  }
}

/** Longer than anything here takes, and shorter than a person waits for a test that hangs. */
const PATIENCE_MS = 40_000;

/** Waits until a condition holds; throws where it never does, so that a failing test ends. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  await eventually(condition.toString(), condition, { timeoutMs: PATIENCE_MS, pollMs: 10 });
}

/** The value, which is there. */
export function present<T>(value: T | undefined): T {
  if (value === undefined) {
    throw new Error('The value is missing');
  }
  return value;
}
