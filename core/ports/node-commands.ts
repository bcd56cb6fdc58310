import type { EpochMs, InstanceId, JobId } from '../job/ids.ts';
import type { Node, SchedulerReport } from '../job/job.ts';
import type { NodeStep } from '../runtimes/node-step.ts';

/** How far a command is on one node. */
export interface NodeAnswer {
  readonly instanceId: InstanceId;
  /**
   * `timedOut`: the step reached its own limit and was stopped. `detached`: the service gave up on the command (SSM
   * does after 48 h), or its process was killed, while the unit may still run: send again to attach. `lost`: the node
   * cannot be reached. `unbooted`: it takes commands, and its boot did not end in time; the step never begins there.
   */
  readonly status: 'pending' | 'running' | 'exited' | 'lost' | 'unbooted' | 'timedOut' | 'detached' | 'cancelled';
  /** For `exited`. */
  readonly exitCode?: number;
  /** The last lines of its output, for people. */
  readonly tail?: string;
  /** What the cluster's own scheduler said of the job, where one ran the step. */
  readonly scheduler?: SchedulerReport;
  /** When the command began and ended there, by the node's own clock, where that is known: of a step that is sent again, the second command. */
  readonly ran?: { readonly startMs: EpochMs; readonly endMs: EpochMs };
}

/** A command with the step it was sent for and what each node answered so far. */
export interface CommandStatus {
  readonly commandId: string;
  readonly jobId: JobId;
  readonly attempt: number;
  /** As `stepKey` makes it. */
  readonly step: string;
  readonly answers: readonly NodeAnswer[];
  /** The command has ended: a node that has not answered by now never will. */
  readonly over: boolean;
  /** What the history has to say of the step's end beside its exit code. */
  readonly note?: string;
}

/** A step with all that the nodes need to run it. */
export interface StepDispatch {
  readonly jobId: JobId;
  readonly attempt: number;
  readonly namespace: string;
  readonly step: NodeStep;
  /** All nodes of the attempt that are there; the step runs on those that `step.ranks` names. */
  readonly nodes: readonly Node[];
  /** Units of earlier steps that must have ended before this one starts (a cancelled run before its post-run). */
  readonly stopFirst: readonly string[];
  /** Files that were made of the nodes, for a step that has such; see `NodeStep.clusterFiles`. */
  readonly clusterFiles?: Readonly<Record<string, string>>;
  /** How long the nodes may take before SSM gives up on the command. */
  readonly commandTimeoutSeconds: number;
}

/** Commands on nodes. The same step sent again attaches to the unit that runs, and never runs it twice. */
export interface NodeCommands {
  /** Which of the attempt's instances can take commands now. `provider` is who has them; absent: the default one. */
  online(jobId: JobId, attempt: number, provider?: string): Promise<ReadonlySet<InstanceId>>;
  /** Publishes the step and sends it; answers the command's id. */
  send(dispatch: StepDispatch): Promise<string>;
  status(commandId: string): Promise<CommandStatus | undefined>;
  cancel(commandId: string): Promise<void>;
  /** Whether no event will tell of this command's end, so that the sender has to look himself. Absent: one always does. */
  endsUntold?(commandId: string): Promise<boolean>;
}
