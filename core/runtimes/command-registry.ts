import { DEFAULT_PROVIDER } from '../capacity/provider-registry.ts';
import { InternalError } from '../errors/orchestrator-error.ts';
import type { InstanceId, JobId } from '../job/ids.ts';
import type { CommandStatus, NodeCommands, StepDispatch } from '../ports/node-commands.ts';

/** The way to the nodes of one cloud. */
export interface RegisteredCommands {
  /** The cloud's name, as `placement.provider` has it. */
  readonly provider: string;
  readonly commands: NodeCommands;
  readonly ownsInstance: (instanceId: InstanceId) => boolean;
  readonly ownsCommand: (commandId: string) => boolean;
}

/**
 * Commands to the nodes of all clouds: a step goes to where its nodes stand, a question about a command to who sent it.
 * An attempt stands in one cloud. With one registered each call is one call to it.
 */
export class CommandRegistry implements NodeCommands {
  readonly #registered: readonly RegisteredCommands[];

  constructor(registered: readonly RegisteredCommands[]) {
    this.#registered = registered;
  }

  /** @throws InternalError where nobody is registered for the provider: its nodes may be online all the same. */
  async online(jobId: JobId, attempt: number, provider = DEFAULT_PROVIDER): Promise<ReadonlySet<InstanceId>> {
    const found = this.#registered.find((each) => each.provider === provider);
    if (found === undefined) throw new InternalError('Nobody reaches the nodes of this attempt.', { jobId, attempt, provider });
    return found.commands.online(jobId, attempt);
  }

  async send(dispatch: StepDispatch): Promise<string> {
    const [node] = dispatch.nodes;
    const [first] = this.#registered;
    const found = node === undefined ? first : this.#registered.find(({ ownsInstance }) => ownsInstance(node.instanceId));
    if (found === undefined) throw new InternalError('Nobody reaches the nodes of this attempt.', { jobId: dispatch.jobId, attempt: dispatch.attempt });
    return found.commands.send(dispatch);
  }

  async status(commandId: string): Promise<CommandStatus | undefined> {
    return this.#sender(commandId)?.status(commandId);
  }

  async cancel(commandId: string): Promise<void> {
    await this.#sender(commandId)?.cancel(commandId);
  }

  async endsUntold(commandId: string): Promise<boolean> {
    return (await this.#sender(commandId)?.endsUntold?.(commandId)) ?? false;
  }

  #sender(commandId: string): NodeCommands | undefined {
    return this.#registered.find(({ ownsCommand }) => ownsCommand(commandId))?.commands;
  }
}
