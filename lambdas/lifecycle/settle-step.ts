import type { Deployment } from '../../core/deployment/deployment.ts';
import type { Job, Node } from '../../core/job/job.ts';
import { nameNodes } from '../../core/job/name-nodes.ts';
import { lossAnswer } from '../../core/lifecycle/node-loss.ts';
import type { TaskAnswer } from '../../core/lifecycle/task.ts';
import type { StepRecord } from '../../core/lifecycle/wait.ts';
import type { ManifestStore } from '../../core/ports/manifest-store.ts';
import type { CommandStatus } from '../../core/ports/node-commands.ts';
import { parseStepKey } from '../../core/runtimes/node-step.ts';
import { endedWell, judge, type FailedNode, type StepResult } from '../../core/runtimes/step-result.ts';
import { dispatchStep, type DispatchPorts } from './dispatch-step.ts';
import { finishStep, isEnded, tellEnd, type EndedStep, type FinishPorts, type Said } from './finish-step.ts';
import { planPhase } from './job-steps.ts';
import { verdictsOn } from './lose-nodes.ts';
import { runsOfStep } from './runs-of-step.ts';

export interface SettlePorts extends FinishPorts, DispatchPorts {
  readonly manifests: ManifestStore;
  readonly deployment: Deployment;
}

/**
 * Looks how a step stands and, when every node has answered, writes its end and answers the token that waits for it.
 * Called for every sign that something happened: the command's event, its duplicates, a task that runs again, the
 * reconciler's poll. A step that is over answers the same each time, and is told in the history if whoever ended it died before.
 */
export async function settleStep(ports: SettlePorts, record: StepRecord): Promise<void> {
  if (isEnded(record)) {
    await tellEnd(ports, record, () => saidOf(ports, record));
    return;
  }
  const { result, status } = await look(ports, record);
  if (result.kind === 'resend') {
    await sendAgain(ports, record);
    return;
  }
  if (result.kind === 'lost') {
    await loseStep(ports, record, result, status);
    return;
  }
  const answer = answerOf(record, result);
  if (answer !== undefined) await finishStep(ports, record, answer, await said(ports, record, { result, status }));
}

/** How a step stands, and by what answers of its nodes. */
interface Looked {
  readonly result: StepResult;
  readonly status: CommandStatus | undefined;
}

async function look(ports: SettlePorts, record: StepRecord): Promise<Looked> {
  const status = record.commandId === undefined ? undefined : await ports.commands.status(record.commandId);
  return { status, result: endedWell(record, status) ?? judge(record, await ports.attempts.nodes(record.jobId, record.attempt), status) };
}

async function said(ports: SettlePorts, record: StepRecord, { result, status }: Looked): Promise<Said> {
  const nodeRuns = await runsOfStep(ports, record, status);
  return {
    ...('failed' in result && { failed: result.failed }), ...(status?.note !== undefined && { note: status.note }),
    ...('scheduler' in result && result.scheduler !== undefined && { scheduler: result.scheduler }), ...(nodeRuns !== undefined && { nodeRuns }),
  };
}

/** What was to be told of a step by somebody who ended it and died, as far as its nodes say the same now. */
export async function saidOf(ports: SettlePorts, record: EndedStep): Promise<Said> {
  const looked = await look(ports, record);
  const agrees = looked.result.kind !== 'lost' && answerOf(record, looked.result)?.kind === record.answer.kind;
  return agrees ? said(ports, record, looked) : {};
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
