import type { InstanceId, JobId } from '../../../core/job/ids.ts';
import type { Node } from '../../../core/job/job.ts';
import type { CommandStatus, NodeCommands } from '../../../core/ports/node-commands.ts';
import { eventually } from '../../../local/eventually.ts';

/** Nodes that take commands. Scripts of the contract are `echo <text>; exit <n>` and `await <file>; exit <n>`. */
export interface NodesWorld {
  readonly commands: NodeCommands;
  /** Whether its nodes say when they began and ended a step. */
  readonly tellsTimes: boolean;
  /** Starts a gang of nodes, the first of them the head, and answers them before they are online. */
  start(jobId: JobId, count: number): Promise<readonly Node[]>;
  /** Waits until all of them take commands. */
  awaitOnline(jobId: JobId, instances: readonly InstanceId[]): Promise<void>;
  /** A script that waits for `go`, then says something and ends with a code. */
  heldScript(text: string, exitCode: number): string;
  /** Lets the held script of a node end. */
  letGo(node: Node): Promise<void>;
  close(): Promise<void>;
}

/** A script that says something and ends with a code. */
export const plainScript = (text: string, exitCode: number): string => `echo ${text}; exit ${exitCode}`;

/** Asks until the status of a command is as wanted; less long than a test may take. */
export function statusWhen(commands: NodeCommands, commandId: string, isSo: (status: CommandStatus) => boolean): Promise<CommandStatus> {
  const asWanted = async (): Promise<CommandStatus | undefined> => {
    const status = await commands.status(commandId);
    return status !== undefined && isSo(status) ? status : undefined;
  };
  return eventually(`the status of command ${commandId}`, asWanted, { timeoutMs: 50_000, pollMs: 50 });
}
