import type { Deployment } from '../../core/deployment/deployment.ts';
import type { Job, Node, SchedulerReport } from '../../core/job/job.ts';
import { changeJob } from '../../core/job/change-job.ts';
import { nameNodes } from '../../core/job/name-nodes.ts';
import { amend } from '../../core/lifecycle/amend.ts';
import type { JobChange } from '../../core/lifecycle/change.ts';
import { lossAnswer } from '../../core/lifecycle/node-loss.ts';
import type { TaskAnswer } from '../../core/lifecycle/task.ts';
import type { StepRecord } from '../../core/lifecycle/wait.ts';
import type { ManifestStore } from '../../core/ports/manifest-store.ts';
import type { CommandStatus } from '../../core/ports/node-commands.ts';
import { parseStepKey } from '../../core/runtimes/node-step.ts';
import type { RunsData } from '../../core/trace/told-runs.ts';
import { endedWell, judge, type FailedNode, type StepResult } from '../../core/runtimes/step-result.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { answerWait, isFor, type AnswerPorts } from './answer-wait.ts';
import { dispatchStep, type DispatchPorts } from './dispatch-step.ts';
import { planPhase } from './job-steps.ts';
import { verdictsOn } from './lose-nodes.ts';
import { runsOfStep } from './runs-of-step.ts';

export interface SettlePorts extends AnswerPorts, DispatchPorts {
  readonly manifests: ManifestStore;
  readonly deployment: Deployment;
  readonly clock: Clock;
}

/**
 * Looks how a step stands and, when every node has answered, writes its end and answers the token that waits for it.
 * Called for every sign that something happened: the command's event, its duplicates, a task that runs again, the
 * reconciler's poll. A step that is over answers the same each time.
 */
export async function settleStep(ports: SettlePorts, record: StepRecord): Promise<void> {
  if (record.answer !== undefined) {
    await answerWait(ports, record, record.answer);
    return;
  }
  const status = record.commandId === undefined ? undefined : await ports.commands.status(record.commandId);
  const result = endedWell(record, status) ?? judge(record, await ports.attempts.nodes(record.jobId, record.attempt), status);
  if (result.kind === 'resend') {
    await sendAgain(ports, record);
    return;
  }
  if (result.kind === 'lost') {
    await loseStep(ports, record, result, status);
    return;
  }
  const answer = answerOf(record, result);
  const scheduler = 'scheduler' in result ? result.scheduler : undefined;
  const failed = 'failed' in result ? result.failed : [];
  if (answer === undefined) return;
  const nodeRuns = await runsOfStep(ports, record, status);
  await finishStep(ports, record, answer, {
    failed, ...(status?.note !== undefined && { note: status.note }), ...(scheduler !== undefined && { scheduler }), ...(nodeRuns !== undefined && { nodeRuns }),
  });
}

/** What is said of the end of a step beside its exit code. */
interface Said {
  /** For the history. */
  readonly note?: string;
  /** For the history and the job. */
  readonly scheduler?: SchedulerReport;
  /** For the history: where it ended badly. */
  readonly failed?: readonly FailedNode[];
  /** For the history: how it went on each node. */
  readonly nodeRuns?: RunsData;
}

/** A thousand nodes may fail together. */
const MOST_FAILED = 10;

/**
 * Ends a step with `answer`: record, history, token, in this order, so that a lost answer can be given again. Where somebody
 * else has seen its end, and ended it meanwhile, that is its answer, and the history has it.
 */
export async function finishStep(ports: SettlePorts, record: StepRecord, answer: TaskAnswer, { note, scheduler, failed = [], nodeRuns }: Said = {}): Promise<void> {
  const nowMs = ports.clock.now();
  const exitCode = answer.exitCode;
  if (!(await ports.attempts.updateStep({ ...record, answer, finishedAtMs: nowMs, ...(exitCode === undefined ? {} : { exitCode }) }))) {
    const ended = await ports.attempts.step(record.jobId, record.attempt, record.step);
    // A write whose answer was lost is sent again, and refused: at this very moment it was this one.
    if (ended?.answer !== undefined && ended.finishedAtMs !== nowMs) {
      await answerWait(ports, ended, ended.answer);
      return;
    }
  }
  const message = answer.reason?.message ?? `${record.name} exited with 0${note === undefined ? '' : ` (${note})`}`;
  const data = {
    step: record.step, name: record.name, kind: answer.kind, exitCode: exitCode ?? null,
    ...(scheduler !== undefined && { scheduler }), ...failedData(failed), ...(nodeRuns !== undefined && { nodeRuns }),
  };
  // A wait that replaces this one is of a task that runs again: it finds the record ended.
  const { job: known, wait } = await ports.jobs.getWithWait(record.jobId);
  const told = (job: Job): JobChange | undefined =>
    job.attempt === record.attempt ? amend(job, scheduler === undefined ? job : { ...job, scheduler }, [{ type: 'StepFinished', message, data }], nowMs) : undefined;
  await changeJob(ports.jobs, record.jobId, told, known);
  if (wait !== undefined && isFor(wait, record)) await ports.tokens.answer(wait.token, answer);
}

function failedData(failed: readonly FailedNode[]): { readonly failed?: readonly string[]; readonly failedCount?: number } {
  return failed.length === 0 ? {} : { failed: failed.slice(0, MOST_FAILED).map(({ node }) => node), failedCount: failed.length };
}

type Lost = Extract<StepResult, { readonly kind: 'lost' }>;

/**
 * Nodes of the step cannot be reached, or never booted. Whether EC2 runs them is not known here: whoever replaces them looks. Where they are
 * replaced the configuration is gone through once more, in a round of its own; a run ends with the head node, which never is.
 */
async function loseStep(ports: SettlePorts, record: StepRecord, { nodes, unbooted = [] }: Lost, status: CommandStatus | undefined): Promise<void> {
  const job = await ports.jobs.get(record.jobId);
  if (job === undefined) return;
  const kind = parseStepKey(record.step)?.phase === 'configure' ? lossAnswer(job, nodes, await verdictsOn(ports, job, nodes)).kind : 'interrupted';
  const nodeRuns = await runsOfStep(ports, record, status);
  const reason = { code: 'NodeLost', message: lossMessage(nodes, unbooted) };
  const given = unbooted.length === 0 ? record : { ...record, unbooted: unbooted.map(({ instanceId }) => instanceId) };
  await finishStep(ports, given, { kind, reason }, { ...(nodeRuns !== undefined && { nodeRuns }) });
}

function lossMessage(nodes: readonly Node[], unbooted: readonly Node[]): string {
  const silent = nodes.filter((node) => !unbooted.includes(node));
  const sentences = [silent.length === 0 ? [] : `${nameNodes(silent)} cannot be reached any more.`, unbooted.length === 0 ? [] : `${nameNodes(unbooted)} did not end booting: see the log of the step.`];
  return sentences.flat().join(' ');
}

function answerOf(record: StepRecord, result: Exclude<StepResult, { kind: 'lost' }>): TaskAnswer | undefined {
  switch (result.kind) {
    case 'pending':
    case 'resend':
      return undefined;
    case 'exited':
      return result.exitCode === 0
        ? { kind: record.last ? 'phaseDone' : 'stepDone', exitCode: 0 }
        : { kind: 'failed', exitCode: result.exitCode, reason: { code: 'StepFailed', message: failure(record, 'exited with', result.failed) } };
    case 'timedOut':
      return { kind: 'timedOut', reason: { code: 'StepTimedOut', message: failure(record, 'ran out of time; exit code', result.failed) } };
  }
}

/** The first node that failed with what it said last, and how many others did. */
function failure(record: StepRecord, verb: string, failed: readonly FailedNode[]): string {
  const [first, ...others] = failed;
  if (first === undefined) return `${record.name} failed.`;
  const tail = first.tail.trim().slice(-600);
  const more = others.length === 0 ? '' : ` (and on ${others.length} other nodes)`;
  return `${record.name} ${verb} ${first.exitCode} on ${first.node}${more}${tail === '' ? '.' : `: ${tail}`}`;
}

/**
 * Sends a command that attaches to the step's unit, or is told its end. The first command is over and the unit may not
 * be, since SSM gives up after 48 h and a job need not; or its answer does not come.
 */
export async function sendAgain(ports: SettlePorts, record: StepRecord): Promise<void> {
  const job: Job | undefined = await ports.jobs.get(record.jobId);
  const at = parseStepKey(record.step);
  if (job === undefined || job.attempt !== record.attempt || at === undefined) return;
  const plan = await planPhase(ports, job, at.phase, at.round);
  const step = plan.steps[at.index];
  if (step !== undefined) await dispatchStep(ports, job, plan, step, record);
}
