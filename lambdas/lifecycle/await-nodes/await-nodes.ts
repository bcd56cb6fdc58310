import type { Interruption } from '../../../core/capacity/gang.ts';
import type { EpochMs, InstanceId } from '../../../core/job/ids.ts';
import type { Job, Node } from '../../../core/job/job.ts';
import { isThere } from '../../../core/lifecycle/node-loss.ts';
import type { TaskAnswer, TaskInput } from '../../../core/lifecycle/task.ts';
import { ttlDeadline, ttlReason } from '../../../core/lifecycle/time-over.ts';
import type { NodeCommands } from '../../../core/ports/node-commands.ts';
import { enterStates, recordEvents } from '../current-job.ts';
import { interruption } from '../interrupted-by.ts';
import { findGone, type GonePorts } from './find-gone.ts';
import { endOfRun, leaveStep } from './left-step.ts';
import { replaceNodes, stoppedBy, type ReplacePorts } from './replace-nodes.ts';

export interface AwaitPorts extends ReplacePorts, GonePorts {
  readonly commands: NodeCommands;
  /** Waits between two looks. */
  readonly pause: (ms: number) => Promise<void>;
}

/** Of its time an invocation leaves so much to a replacement: one that is begun too late would be cut short. */
const lastReplacementAt = 0.85;
/** Nodes that were up before have come up again by then; it is before the last replacement by more than two looks. */
const upAgainBy = 0.75;
/** EC2 is asked for nodes that come up in one of so many looks: few die, and each look is a call. */
const looksToDescribe = 3;

/**
 * Looks until every node takes commands, for at most `budgetMs`, then answers `pending` and is called again: SSM sends
 * no event when an agent registers, and a loop of the state machine's would cost transitions. A node that does not come
 * up in time is replaced, a few times. In a later round nodes were lost after all had been up: those are replaced first,
 * unless the run has ended meanwhile. Where the job goes on or ends without this task, nothing more is launched for it.
 */
export async function awaitNodes(ports: AwaitPorts, input: TaskInput, budgetMs: number): Promise<TaskAnswer> {
  const round: Round = { number: input.round ?? 0, ...(input.step === undefined ? {} : { runStep: input.step }), startedAtMs: ports.clock.now(), budgetMs };
  const { entered, unbooted } = await begin(ports, input, round);
  // Nobody else changes the nodes while they are awaited.
  let nodes = await ports.attempts.nodes(entered.jobId, entered.attempt);
  let looks = 0;
  for (let job: Job | undefined = entered; job !== undefined; job = await ports.jobs.peek(job.jobId)) {
    const answer = ended(ports, entered, job) ?? (await look(ports, job, nodes.filter(isThere), { ...round, unbooted }, looks++));
    if (answer.kind === 'missing' && elapsed(ports, round) <= budgetMs * lastReplacementAt) {
      const replaced = await replaceNodes(ports, entered, nodes, answer);
      if (replaced.kind !== 'replaced') return replaced;
      ({ nodes } = replaced);
    } else if (answer.kind === 'missing' || (answer.kind === 'pending' && elapsed(ports, round) >= budgetMs)) {
      return { kind: 'pending' };
    } else if (answer.kind !== 'pending') {
      return answer;
    }
    await ports.pause(ports.deployment.intervals.nodePoll * 1000);
  }
  return { kind: 'error', reason: { code: 'JobGone', message: 'The job has no record any more.' } };
}

/** Once more than 0: how often nodes of the attempt were lost that had been up. */
interface Round {
  readonly number: number;
  /** The step of the run that is under way, if the job runs. */
  readonly runStep?: number;
  readonly startedAtMs: EpochMs;
  readonly budgetMs: number;
}

interface Given {
  /** Nodes that take commands, and whose boot did not end in the round before. */
  readonly unbooted: readonly InstanceId[];
}

type Missing = { readonly kind: 'missing' } & Parameters<typeof replaceNodes>[3];
type Look = TaskAnswer | Missing;

const elapsed = ({ clock }: AwaitPorts, { startedAtMs }: Round): number => clock.now() - startedAtMs;

/** In a round no state is entered, so that the read of it may be old; what ends this task is compared with it. */
async function begin(ports: AwaitPorts, input: TaskInput, { number }: Round): Promise<{ readonly entered: Job } & Given> {
  const job = await enterStates(ports, input);
  if (number === 0) return { entered: job, unbooted: [] };
  const unbooted = await leaveStep(ports, job, number);
  return { entered: (await ports.jobs.get(job.jobId)) ?? job, unbooted };
}

/** The answer of a task whose job is cancelled, or is no longer where the task found it. A look may be older than that. */
function ended({ clock }: AwaitPorts, entered: Job, job: Job): TaskAnswer | undefined {
  const now = job.revision < entered.revision ? entered : job;
  const by: Interruption | undefined = interruption(entered, now, clock.now());
  return by === undefined || by === 'timedOut' ? undefined : stoppedBy(now, by);
}

async function look(ports: AwaitPorts, job: Job, nodes: readonly Node[], round: Round & Given, looks: number): Promise<Look> {
  const { intervals, limits } = ports.deployment;
  const run = round.number === 0 ? undefined : await endOfRun(ports, job, round.runStep);
  if (run !== undefined) return run;
  const wasConfigured = round.number > 0;
  const gone = wasConfigured || looks % looksToDescribe === looksToDescribe - 1 ? await findGone(ports, job, nodes, wasConfigured) : [];
  // Those that are gone go first: a runtime is to hear of them at once, and SSM takes its time to list a thousand nodes.
  const waitingFor = gone.length > 0 ? [] : await silent(ports, job, nodes);
  const nowMs = ports.clock.now();
  if (nowMs >= ttlDeadline(job) && gone.length + waitingFor.length > 0) return { kind: 'timedOut', reason: ttlReason(job) };
  if (round.number > limits.maxReplacementsPerAttempt) return tooOften(round, limits.maxReplacementsPerAttempt);
  if (gone.length > 0) return { kind: 'missing', missing: gone, why: gone.length === 1 ? 'is gone' : 'are gone', wasConfigured, isGone: true };
  const unbooted = nodes.filter(({ instanceId }) => round.unbooted.includes(instanceId));
  if (unbooted.length > 0) return { kind: 'missing', missing: unbooted, why: 'did not end booting', wasConfigured, isGone: false };
  if (waitingFor.length === 0) {
    await recordEvents(ports, job, [{ type: 'NodesOnline', message: `all ${nodes.length} nodes take commands` }]);
    return { kind: 'online' };
  }
  const late = waitingFor.filter((node) => nowMs >= upBy(node, round, intervals.nodeOnlineTimeout * 1000));
  if (late.length === 0) return { kind: 'pending' };
  return { kind: 'missing', missing: late, why: `did not come up in ${intervals.nodeOnlineTimeout} s`, wasConfigured, isGone: false };
}

async function silent({ commands }: AwaitPorts, { jobId, attempt, provider }: Job, nodes: readonly Node[]): Promise<readonly Node[]> {
  const online = await commands.online(jobId, attempt, provider);
  return nodes.filter((node) => !online.has(node.instanceId));
}

/**
 * By when a node is to take commands. One that was up before this round has its time again, within this invocation:
 * an agent may be silent for a while on a node that works.
 */
function upBy({ launchedAtMs }: Node, { number, startedAtMs, budgetMs }: Round, timeoutMs: number): number {
  const wasUp = number > 0 && launchedAtMs < startedAtMs;
  return wasUp ? startedAtMs + Math.min(timeoutMs, budgetMs * upAgainBy) : launchedAtMs + timeoutMs;
}

function tooOften({ number }: Round, most: number): TaskAnswer {
  const message = `Nodes were lost ${number === 1 ? 'once' : `${number} times`}, and an attempt of this deployment goes on after ${most} losses at most.`;
  return { kind: 'interrupted', reason: { code: 'NodeLost', message } };
}
