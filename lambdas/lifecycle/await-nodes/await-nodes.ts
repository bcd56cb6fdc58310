import type { EpochMs } from '../../../core/job/ids.ts';
import type { Job, Node } from '../../../core/job/job.ts';
import { isThere, missingNodes } from '../../../core/lifecycle/node-loss.ts';
import { cancelled, isCancelDue } from '../../../core/lifecycle/stop-answer.ts';
import type { TaskAnswer, TaskInput } from '../../../core/lifecycle/task.ts';
import { ttlDeadline, ttlReason } from '../../../core/lifecycle/time-over.ts';
import type { NodeCommands } from '../../../core/ports/node-commands.ts';
import { enterStates, recordEvents } from '../current-job.ts';
import { replaceNodes, type ReplacePorts } from './replace-nodes.ts';

export interface AwaitPorts extends ReplacePorts {
  readonly commands: NodeCommands;
  /** Waits between two looks. */
  readonly pause: (ms: number) => Promise<void>;
}

/**
 * Looks until every node takes commands, for at most `budgetMs`, then answers `pending` and is called again: SSM sends
 * no event when an agent registers, and a loop of the state machine's would cost transitions. A node that does not come
 * up in time is replaced, a few times. In a later round nodes were lost after all had been up: those are replaced first.
 */
export async function awaitNodes(ports: AwaitPorts, input: TaskInput, budgetMs: number): Promise<TaskAnswer> {
  const entered = await enterStates(ports, input);
  const round: Round = { number: input.round ?? 0, startedAtMs: ports.clock.now(), budgetMs };
  // Nobody else changes the nodes while they are awaited.
  let nodes = await ports.attempts.nodes(entered.jobId, entered.attempt);
  for (let job: Job | undefined = entered; job !== undefined; job = await ports.jobs.peek(job.jobId)) {
    const answer = isCancelDue(job) ? cancelled(job) : await look(ports, job, nodes.filter(isThere), round);
    if (answer.kind === 'missing') {
      const replaced = await replaceNodes(ports, job, nodes, { ...answer, wasConfigured: round.number > 0 });
      if (replaced.kind !== 'replaced') return replaced;
      ({ nodes } = replaced);
    } else if (answer.kind !== 'pending' || ports.clock.now() - round.startedAtMs >= budgetMs) {
      return answer;
    }
    await ports.pause(ports.deployment.intervals.nodePoll * 1000);
  }
  return { kind: 'error', reason: { code: 'JobGone', message: 'The job has no record any more.' } };
}

/** Once more than 0: how often nodes of the attempt were lost that had been up. */
interface Round {
  readonly number: number;
  readonly startedAtMs: EpochMs;
  readonly budgetMs: number;
}

type Look = TaskAnswer | { readonly kind: 'missing'; readonly missing: readonly Node[]; readonly why: string };

async function look(ports: AwaitPorts, job: Job, nodes: readonly Node[], round: Round): Promise<Look> {
  const { intervals, limits } = ports.deployment;
  const gone = round.number === 0 ? [] : missingNodes(nodes, await ports.capacity.describe(job), ports.clock.now(), intervals.orphanGrace * 1000);
  const online = await ports.commands.online(job.jobId, job.attempt, job.provider);
  const waitingFor = nodes.filter((node) => !online.has(node.instanceId));
  const nowMs = ports.clock.now();
  if (nowMs >= ttlDeadline(job) && gone.length + waitingFor.length > 0) return { kind: 'timedOut', reason: ttlReason(job) };
  if (round.number > limits.maxReplacementsPerAttempt) return tooOften(limits.maxReplacementsPerAttempt);
  if (gone.length > 0) return { kind: 'missing', missing: gone, why: gone.length === 1 ? 'is gone' : 'are gone' };
  if (waitingFor.length === 0) {
    await recordEvents(ports, job, [{ type: 'NodesOnline', message: `all ${nodes.length} nodes take commands` }]);
    return { kind: 'online' };
  }
  const late = waitingFor.filter((node) => nowMs >= upBy(node, round, intervals.nodeOnlineTimeout * 1000));
  return late.length === 0 ? { kind: 'pending' } : { kind: 'missing', missing: late, why: `did not come up in ${intervals.nodeOnlineTimeout} s` };
}

/**
 * By when a node is to take commands. One that was up before this round has its time again, within this invocation:
 * an agent may be silent for a while on a node that works.
 */
function upBy({ launchedAtMs }: Node, { number, startedAtMs, budgetMs }: Round, timeoutMs: number): number {
  const wasUp = number > 0 && launchedAtMs < startedAtMs;
  return wasUp ? startedAtMs + Math.min(timeoutMs, budgetMs) : launchedAtMs + timeoutMs;
}

function tooOften(most: number): TaskAnswer {
  return { kind: 'interrupted', reason: { code: 'NodeLost', message: `Nodes were lost again after ${most} replacements, which is as often as this deployment replaces.` } };
}
