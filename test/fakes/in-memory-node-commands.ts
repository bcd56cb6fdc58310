import type { InstanceId, JobId } from '../../core/job/ids.ts';
import type { Node } from '../../core/job/job.ts';
import type { CommandStatus, NodeAnswer, NodeCommands, StepDispatch } from '../../core/ports/node-commands.ts';
import { stepKey, unitOf } from '../../core/runtimes/node-step.ts';

/** How a step ends on a node, or `running` while it does not. */
export type UnitEnd = Pick<NodeAnswer, 'status' | 'exitCode' | 'tail' | 'scheduler' | 'ran'>;

interface SentCommand {
  readonly dispatch: StepDispatch;
  readonly nodes: readonly Node[];
  cancelled: boolean;
}

/**
 * Nodes that take commands, without machines. A step runs once per node and attempt whatever is sent; commands see
 * the unit of their step, as those of SSM do.
 */
export class InMemoryNodeCommands implements NodeCommands {
  /** Every dispatch, in order: also those that only attached. */
  readonly sent: StepDispatch[] = [];
  /** Units that began, `<instance>/<unit>`: each at most once. */
  readonly begun: string[] = [];
  /** How a unit ends when it begins; exit code 0 where a test says nothing. */
  endOf: (dispatch: StepDispatch, node: Node) => UnitEnd = () => ({ status: 'exited', exitCode: 0, tail: '' });

  readonly #online = new Map<string, ReadonlySet<InstanceId>>();
  readonly #units = new Map<string, UnitEnd>();
  readonly #commands = new Map<string, SentCommand>();

  /** Says which instances of an attempt can take commands from now on. */
  setOnline(jobId: JobId, attempt: number, instances: Iterable<InstanceId>): void {
    this.#online.set(`${jobId}/${attempt}`, new Set(instances));
  }

  /** Ends a unit that was left running, or changes what its node answers. */
  end(node: Node, unit: string, end: UnitEnd): void {
    this.#units.set(`${node.instanceId}/${unit}`, end);
  }

  async online(jobId: JobId, attempt: number): Promise<ReadonlySet<InstanceId>> {
    return this.#online.get(`${jobId}/${attempt}`) ?? new Set();
  }

  async send(dispatch: StepDispatch): Promise<string> {
    const { jobId, attempt, step } = dispatch;
    const online = await this.online(jobId, attempt);
    const nodes = dispatch.nodes.filter((node) => online.has(node.instanceId) && node.goneAtMs === undefined && (step.ranks === 'all' || node.rank === 0));
    for (const node of nodes) this.#begin(dispatch, node);
    const strangers = step.ranks === 'all' ? [...online].filter((id) => !nodes.some(({ instanceId }) => instanceId === id)) : [];
    for (const id of strangers) this.#skip(`${id}/${unitOf(jobId, attempt, step)}`);
    this.sent.push(dispatch);
    const commandId = `command-${this.sent.length}`;
    this.#commands.set(commandId, { dispatch, nodes, cancelled: false });
    return commandId;
  }

  async status(commandId: string): Promise<CommandStatus | undefined> {
    const command = this.#commands.get(commandId);
    if (command === undefined) return undefined;
    const { jobId, attempt, step } = command.dispatch;
    const unit = unitOf(jobId, attempt, step);
    const answers = command.nodes.map((node) => this.#answer(command, node, unit));
    const over = answers.every(({ status }) => status !== 'pending' && status !== 'running');
    return { commandId, jobId, attempt, step: stepKey(step), answers, over };
  }

  async cancel(commandId: string): Promise<void> {
    const command = this.#commands.get(commandId);
    if (command !== undefined) command.cancelled = true;
  }

  /** The unit of a step on a node, unless it began before; units that must have ended first are ended. */
  #begin(dispatch: StepDispatch, node: Node): void {
    const { jobId, attempt, step, stopFirst } = dispatch;
    const key = `${node.instanceId}/${unitOf(jobId, attempt, step)}`;
    if (this.#units.has(key)) return;
    for (const unit of stopFirst) this.#stop(`${node.instanceId}/${unit}`);
    this.begun.push(key);
    this.#units.set(key, this.endOf(dispatch, node));
  }

  /** A command goes by tags, and comes to machines that are no nodes of the step: they decide that it never begins there. */
  #skip(key: string): void {
    if (!this.#units.has(key)) this.#units.set(key, { status: 'exited', exitCode: 0, tail: '' });
  }

  /** A unit that has not begun never will. */
  #stop(key: string): void {
    const unit = this.#units.get(key);
    if (unit === undefined || unit.status === 'running') this.#units.set(key, { status: 'exited', exitCode: 143, tail: '' });
  }

  /** A cancelled command answers no more; its unit goes on. */
  #answer(command: SentCommand, node: Node, unit: string): NodeAnswer {
    const end = this.#units.get(`${node.instanceId}/${unit}`) ?? { status: 'pending' };
    const open = end.status === 'pending' || end.status === 'running';
    return { instanceId: node.instanceId, ...(command.cancelled && open ? { status: 'cancelled' } : end) };
  }
}
