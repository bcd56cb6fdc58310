import type { InstanceId } from '../job/ids.ts';
import type { Node, SchedulerReport } from '../job/job.ts';
import type { StepRecord } from '../lifecycle/wait.ts';
import type { CommandStatus, NodeAnswer } from '../ports/node-commands.ts';

/** A node on which a step ended badly, with the last lines of its output. */
export interface FailedNode {
  readonly node: string;
  readonly exitCode: number;
  readonly tail: string;
}

/** What the scheduler said of a step that one ran. */
interface Scheduled {
  readonly scheduler?: SchedulerReport;
}

/** How a step stands. Only `exited` and `timedOut` are its own end. */
export type StepResult =
  /** Not every node has answered. */
  | { readonly kind: 'pending' }
  /** Every node has ended it. `exitCode` is 0, or that of the lowest rank that failed. */
  | ({ readonly kind: 'exited'; readonly exitCode: number; readonly failed: readonly FailedNode[] } & Scheduled)
  /** At least one node stopped it at its time limit. */
  | ({ readonly kind: 'timedOut'; readonly failed: readonly FailedNode[] } & Scheduled)
  /** Nodes that cannot be reached any more, or that never booted: `unbooted` has those of them that can be reached. */
  | { readonly kind: 'lost'; readonly nodes: readonly Node[]; readonly unbooted?: readonly Node[] }
  /** The command is over, the units may not be: send the step again, which attaches. */
  | { readonly kind: 'resend' };

/** How often a step is sent to a node that stays silent before the node counts as lost. */
const MAX_SENDS_TO_SILENT_NODE = 3;
/** How often a step is attached to at most: a job of 30 days needs 15 commands of 48 hours. */
const MAX_SENDS = 30;
/** What a shell reports for a command that ran into its time limit. */
const TIMED_OUT_EXIT_CODE = 124;

/**
 * Nodes on which a step has to end: those of its ranks that are there, and were when it began. One that came later, in the
 * place of another, gets what it needs in its own round.
 *
 * @param nodes all of the attempt, those that were replaced too
 */
export function nodesOfStep(record: Pick<StepRecord, 'ranks' | 'startedAtMs'>, nodes: readonly Node[]): readonly Node[] {
  const replaced = replacedSince(record, nodes);
  return nodes.filter(({ goneAtMs, rank }) => goneAtMs === undefined && !replaced.has(rank) && (record.ranks === 'all' || rank === 0));
}

/** Ranks whose node was replaced after a step had begun. */
export function replacedSince({ startedAtMs }: Pick<StepRecord, 'startedAtMs'>, nodes: readonly Node[]): ReadonlySet<number> {
  return new Set(nodes.filter(({ goneAtMs }) => goneAtMs !== undefined && goneAtMs > startedAtMs).map(({ rank }) => rank));
}

/**
 * The result of a step that every node which it was sent to has ended with 0: no need to know which nodes these are.
 * `undefined` in all other cases.
 */
export function endedWell({ sentTo }: StepRecord, status: CommandStatus | undefined): StepResult | undefined {
  if (status === undefined || sentTo === undefined || sentTo === 0 || status.answers.length !== sentTo) return undefined;
  const well = status.answers.every((answer) => answer.status === 'exited' && answer.exitCode === 0);
  return well ? { kind: 'exited', exitCode: 0, failed: [], ...scheduledBy(status.answers) } : undefined;
}

/**
 * Judges a step by what its nodes answered. Nodes that were taken out of the attempt do not count, and an answer of
 * an instance that is no node of the step is ignored. `status` is absent when the command is not known.
 */
export function judge(record: StepRecord, nodes: readonly Node[], status: CommandStatus | undefined): StepResult {
  if (status === undefined) return { kind: 'resend' };
  const answers = new Map<InstanceId, NodeAnswer>(status.answers.map((answer) => [answer.instanceId, answer]));
  const verdicts = nodesOfStep(record, nodes).map((node) => verdictOf(node, answers.get(node.instanceId), record, status.over));
  if (verdicts.some(({ kind }) => kind === 'pending')) return { kind: 'pending' };
  const unbooted = nodesThat(verdicts, 'unbooted');
  const lost = nodesThat(verdicts, 'lost', 'unbooted');
  if (lost.length > 0) return { kind: 'lost', nodes: lost, ...(unbooted.length > 0 && { unbooted }) };
  if (verdicts.some(({ kind }) => kind === 'resend')) return { kind: 'resend' };
  return ended(verdicts);
}

/** Only the head's launcher tells of it. */
function scheduledBy(answers: readonly Scheduled[]): Scheduled {
  const scheduler = answers.find((answer) => answer.scheduler !== undefined)?.scheduler;
  return scheduler === undefined ? {} : { scheduler };
}

interface NodeVerdict extends Scheduled {
  readonly node: Node;
  readonly kind: 'pending' | 'lost' | 'unbooted' | 'resend' | 'timedOut' | 'exited';
  readonly exitCode: number;
  readonly tail: string;
}

function nodesThat(verdicts: readonly NodeVerdict[], ...kinds: readonly NodeVerdict['kind'][]): readonly Node[] {
  return verdicts.filter(({ kind }) => kinds.includes(kind)).map(({ node }) => node);
}

function verdictOf(node: Node, answer: NodeAnswer | undefined, record: StepRecord, over: boolean): NodeVerdict {
  const kind = kindOf(answer, record, over);
  const exitCode = answer?.exitCode ?? (kind === 'timedOut' ? TIMED_OUT_EXIT_CODE : 0);
  return { node, kind, exitCode, tail: answer?.tail ?? '', ...scheduledBy(answer === undefined ? [] : [answer]) };
}

function kindOf(answer: NodeAnswer | undefined, record: StepRecord, over: boolean): NodeVerdict['kind'] {
  switch (answer?.status) {
    case undefined:
      if (!over) return 'pending';
      return record.sends < MAX_SENDS_TO_SILENT_NODE ? 'resend' : 'lost';
    case 'pending':
    case 'running':
      return 'pending';
    case 'detached':
    case 'cancelled':
      return record.sends < MAX_SENDS ? 'resend' : 'lost';
    case 'lost':
    case 'unbooted':
    case 'timedOut':
    case 'exited':
      return answer.status;
  }
}

function ended(verdicts: readonly NodeVerdict[]): StepResult {
  const failed = verdicts
    .filter(({ kind, exitCode }) => kind === 'timedOut' || exitCode !== 0)
    .sort((a, b) => a.node.rank - b.node.rank)
    .map(({ node, exitCode, tail }) => ({ node: node.name, exitCode, tail }));
  if (verdicts.some(({ kind }) => kind === 'timedOut')) return { kind: 'timedOut', failed, ...scheduledBy(verdicts) };
  return { kind: 'exited', exitCode: failed[0]?.exitCode ?? 0, failed, ...scheduledBy(verdicts) };
}
