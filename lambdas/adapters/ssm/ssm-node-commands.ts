import { setTimeout } from 'node:timers/promises';
import type { Command, SSMClient } from '@aws-sdk/client-ssm';
import {
  CancelCommandCommand,
  ListCommandsCommand,
  SendCommandCommand,
  paginateDescribeInstanceInformation,
  paginateListCommandInvocations,
} from '@aws-sdk/client-ssm';
import type { Deployment } from '../../../core/deployment/deployment.ts';
import { InternalError } from '../../../core/errors/orchestrator-error.ts';
import type { InstanceId, JobId } from '../../../core/job/ids.ts';
import { instanceId } from '../../../core/job/ids.ts';
import type { CommandStatus, NodeAnswer, NodeCommands, StepDispatch } from '../../../core/ports/node-commands.ts';
import type { StepPayloads } from '../../../core/ports/step-payloads.ts';
import { unitOf } from '../../../core/runtimes/node-step.ts';
import { commentOf, purposeOf } from './command-comment.ts';
import { answerOf } from './invocation-answer.ts';
import { telling } from './telling.ts';

/** How long SSM tries to deliver a command to an agent. */
const DELIVERY_SECONDS = 600;
/** What is told aside, which nobody waits for, is of no use later. */
const ASIDE_DELIVERY_SECONDS = 60;
/** SSM gives up on a command after 48 hours. */
const MAX_EXECUTION_SECONDS = 172_800;
const PAGE_SIZE = 50;
/** SSM lists the answers of a command a little later than it says that the command has ended. */
const MAX_LOOKS = 10;
const LOOK_AGAIN_MS = 300;
const OPEN_STATUSES: readonly string[] = ['Pending', 'InProgress', 'Cancelling', 'Delayed'];

interface SsmNodeCommandsParts {
  readonly ssm: SSMClient;
  readonly payloads: StepPayloads;
  readonly deployment: Pick<Deployment, 'name' | 'stepDocument'>;
}

/**
 * Commands by SSM: one `SendCommand` a step, whatever the number of nodes, addressed by the tags of the attempt.
 * SSM has no client token; that a step runs once is the step runner's doing (`nodes/run-step.sh`).
 *
 * IAM:
 * - `ssm:SendCommand` on the step document's ARN; and on `arn:aws:ec2:<region>:<account>:instance/*` with the
 *   condition `ssm:resourceTag/orchestrator:deployment` = the deployment's name;
 * - `ssm:DescribeInstanceInformation`, `ssm:ListCommands`, `ssm:ListCommandInvocations`, `ssm:CancelCommand` on `*`:
 *   these know no narrower resource;
 * - what `S3StepPayloads` needs.
 */
export class SsmNodeCommands implements NodeCommands {
  readonly #ssm: SSMClient;
  readonly #payloads: StepPayloads;
  readonly #deployment: Pick<Deployment, 'name' | 'stepDocument'>;

  constructor(parts: SsmNodeCommandsParts) {
    this.#ssm = parts.ssm;
    this.#payloads = parts.payloads;
    this.#deployment = parts.deployment;
  }

  async online(jobId: JobId, attempt: number): Promise<ReadonlySet<InstanceId>> {
    const Filters = [
      { Key: 'tag:orchestrator:job', Values: [jobId] },
      { Key: 'tag:orchestrator:attempt', Values: [String(attempt)] },
      { Key: 'PingStatus', Values: ['Online'] },
    ];
    const online = new Set<InstanceId>();
    await telling('describe the nodes', async () => {
      for await (const page of paginateDescribeInstanceInformation({ client: this.#ssm, pageSize: PAGE_SIZE }, { Filters })) {
        for (const node of page.InstanceInformationList ?? []) {
          if (node.InstanceId !== undefined) online.add(instanceId(node.InstanceId));
        }
      }
    });
    return online;
  }

  async send(dispatch: StepDispatch): Promise<string> {
    const { jobId, attempt, step } = dispatch;
    const url = await this.#payloads.publish(dispatch);
    const answer = await telling('send a step', () =>
      this.#ssm.send(
        new SendCommandCommand({
          DocumentName: this.#deployment.stepDocument,
          Comment: commentOf(jobId, attempt, step),
          ...this.#target(dispatch),
          Parameters: {
            Unit: [unitOf(jobId, attempt, step)],
            StepUrl: [url],
            ExecutionTimeout: [String(Math.min(MAX_EXECUTION_SECONDS, Math.max(60, Math.ceil(dispatch.commandTimeoutSeconds))))],
          },
          TimeoutSeconds: step.phase === 'aside' ? ASIDE_DELIVERY_SECONDS : DELIVERY_SECONDS,
          MaxConcurrency: '100%',
          MaxErrors: '100%',
        }),
      ),
    );
    const commandId = answer.Command?.CommandId;
    if (commandId === undefined) throw new InternalError('SSM took the command and gave it no id.', { jobId, attempt });
    return commandId;
  }

  async status(commandId: string): Promise<CommandStatus | undefined> {
    for (let look = 1; ; look += 1) {
      // In this order: the answers of a command that has ended change no more.
      const command = await this.#command(commandId);
      const purpose = purposeOf(command?.Comment);
      if (command === undefined || purpose === undefined) return undefined;
      const answers = await this.#answers(commandId);
      const isEnded = !OPEN_STATUSES.includes(command.Status ?? '');
      const isWhole = answers.length >= (command.TargetCount ?? 0);
      if (!isEnded || isWhole || look === MAX_LOOKS) return { commandId, ...purpose, answers, over: isEnded && isWhole };
      await setTimeout(LOOK_AGAIN_MS);
    }
  }

  async cancel(commandId: string): Promise<void> {
    await telling('cancel a command', () => this.#ssm.send(new CancelCommandCommand({ CommandId: commandId })));
  }

  async #command(CommandId: string): Promise<Command | undefined> {
    const answer = await telling('find a command', () => this.#ssm.send(new ListCommandsCommand({ CommandId })));
    return answer.Commands?.[0];
  }

  async #answers(CommandId: string): Promise<readonly NodeAnswer[]> {
    const found: NodeAnswer[] = [];
    await telling('list answers', async () => {
      for await (const page of paginateListCommandInvocations({ client: this.#ssm, pageSize: PAGE_SIZE }, { CommandId, Details: true })) {
        found.push(...(page.CommandInvocations ?? []).map(answerOf));
      }
    });
    return found;
  }

  /** The head by its id; all nodes by their tags, whose number an id list could not hold. */
  #target({ jobId, attempt, step, nodes }: StepDispatch): { InstanceIds: string[] } | { Targets: { Key: string; Values: string[] }[] } {
    if (step.ranks === 'head') {
      return { InstanceIds: nodes.filter((node) => node.rank === 0 && node.goneAtMs === undefined).map((node) => node.instanceId) };
    }
    return {
      Targets: [
        { Key: 'tag:orchestrator:deployment', Values: [this.#deployment.name] },
        { Key: 'tag:orchestrator:job', Values: [jobId] },
        { Key: 'tag:orchestrator:attempt', Values: [String(attempt)] },
      ],
    };
  }
}
