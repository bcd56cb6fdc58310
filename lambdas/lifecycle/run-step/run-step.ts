import { epochMs } from '../../../core/job/ids.ts';
import type { Job } from '../../../core/job/job.ts';
import type { NewEvent } from '../../../core/lifecycle/amend.ts';
import { failedByLoss } from '../../../core/lifecycle/node-loss.ts';
import type { Phase, TaskInput } from '../../../core/lifecycle/task.ts';
import type { StepRecord, Wait } from '../../../core/lifecycle/wait.ts';
import { stepKey, type NodeStep } from '../../../core/runtimes/node-step.ts';
import { logKeys } from '../../runtime/logger.ts';
import { asEntered, currentJob, enterStates } from '../current-job.ts';
import { planPhase, type PhasePlan } from '../job-steps.ts';
import { dispatchStep } from '../dispatch-step.ts';
import { answerIfStopped } from '../answer-wait.ts';
import { isEnded, tellEnd } from '../finish-step.ts';
import { saidOf, settleStep, type SettlePorts } from '../settle-step.ts';

/** A step task of the state machine. */
export interface StepInput extends TaskInput {
  readonly phase: Phase;
  readonly step: number;
  readonly token: string;
}

/** The runner on the node enforces a step's time limit; this much later the orchestrator does, if the node is silent. */
const graceMs = 120_000;

/**
 * Sends one step of a phase to its nodes and leaves the token for whoever sees it end. Every part may run twice: the
 * step's record is written before its command is sent, and a second command attaches to the unit of the first. The token
 * is left once the job has entered the states of this phase, since its answer leads on from there.
 */
export async function runStep(ports: SettlePorts, input: StepInput): Promise<void> {
  const job = await currentJob(ports, input);
  const plan = await planPhase(ports, await asEntered(ports, input, job), input.phase, input.round);
  const step = plan.steps[input.step];
  if (step !== undefined) {
    logKeys({ step: step.name });
    await start(ports, job, input, plan, step);
    return;
  }
  await enterStates(ports, input, [], job);
  if (input.phase !== 'run' || plan.steps.length > 0) {
    await ports.tokens.answer(input.token, { kind: 'phaseDone' });
    return;
  }
  const wait: Wait = { ...waitOf(ports, job, input), purpose: 'release' };
  await ports.attempts.putWait(wait);
  await answerIfStopped(ports, wait);
}

/** Whether a step of the run is gone back to that was left when nodes were lost: what failed meanwhile failed for that. */
function isReturn({ phase, round = 0 }: StepInput): boolean {
  return phase === 'run' && round > 0;
}

function waitOf(ports: SettlePorts, { jobId, namespace, attempt }: Job, { token }: StepInput) {
  return { jobId, namespace, attempt, token, sinceMs: ports.clock.now() };
}

async function start(ports: SettlePorts, job: Job, input: StepInput, plan: PhasePlan, step: NodeStep): Promise<void> {
  const record = await ports.attempts.beginStep(newRecord(ports, job, plan, step));
  // Told again by a try that follows one which died before it sent: twice in the history is better than never.
  await enterStates(ports, input, record.sends === 0 && record.answer === undefined ? beginning(plan, step, record) : [], job);
  const { deadlineMs } = record;
  const wait: Wait = { ...waitOf(ports, job, input), purpose: 'step', step: record.step, ...(deadlineMs === undefined ? {} : { deadlineMs }) };
  await ports.attempts.putWait(wait);
  if (isEnded(record)) {
    await tellEnd(ports, record, () => saidOf(ports, record), isReturn(input) && record.answer.kind === 'failed' ? failedByLoss(record.answer) : record.answer);
  } else if (record.commandId === undefined) {
    const sent = await dispatchStep(ports, job, plan, step, record);
    if (sent.commandId !== undefined && (await ports.commands.endsUntold?.(sent.commandId)) === true) await settleStep(ports, sent);
  } else {
    await settleStep(ports, record);
  }
  await answerIfStopped(ports, wait);
}

function newRecord(ports: SettlePorts, job: Job, plan: PhasePlan, step: NodeStep): StepRecord {
  const nowMs = ports.clock.now();
  return {
    jobId: job.jobId,
    attempt: job.attempt,
    step: stepKey(step),
    name: step.name,
    ranks: step.ranks,
    ...(step.system ? { system: true } : {}),
    last: step.index === plan.steps.length - 1,
    sends: 0,
    startedAtMs: nowMs,
    ...(step.timeoutSeconds === undefined ? {} : { deadlineMs: epochMs(nowMs + step.timeoutSeconds * 1000 + graceMs) }),
  };
}

/** The step's begin in the history. */
function beginning(plan: PhasePlan, step: NodeStep, record: StepRecord): readonly NewEvent[] {
  const substituted = plan.substituted !== undefined && step.phase === 'configure' && step.index === 0 && step.round === undefined;
  const where = step.ranks === 'all' ? 'all nodes' : 'the head node';
  return [
    ...(substituted ? [{ type: 'RuntimeSubstituted', message: plan.substituted } as const] : []),
    { type: 'StepStarted', message: `${step.name} on ${where}`, data: { step: record.step, name: step.name, system: step.system } },
  ];
}
