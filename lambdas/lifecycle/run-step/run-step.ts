import { epochMs } from '../../../core/job/ids.ts';
import type { Job } from '../../../core/job/job.ts';
import { changeJob } from '../../../core/job/change-job.ts';
import { amend, type NewEvent } from '../../../core/lifecycle/amend.ts';
import type { Deadline } from '../../../core/lifecycle/change.ts';
import type { Phase, TaskInput } from '../../../core/lifecycle/task.ts';
import type { StepRecord } from '../../../core/lifecycle/wait.ts';
import { stepKey, type NodeStep } from '../../../core/runtimes/node-step.ts';
import { enterStates } from '../current-job.ts';
import { planPhase, type PhasePlan } from '../job-steps.ts';
import { dispatchStep } from '../dispatch-step.ts';
import { answerIfStopped, answerWait } from '../answer-wait.ts';
import { settleStep, type SettlePorts } from '../settle-step.ts';

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
 * step's record is written before its command is sent, and a second command attaches to the unit of the first.
 */
export async function runStep(ports: SettlePorts, input: StepInput): Promise<void> {
  const job = await enterStates(ports, input);
  const plan = await planPhase(ports, job, input.phase);
  const step = plan.steps[input.step];
  const wait = { jobId: job.jobId, namespace: job.namespace, attempt: job.attempt, token: input.token, sinceMs: ports.clock.now() };
  if (step === undefined && (input.phase !== 'run' || plan.steps.length > 0)) {
    await ports.tokens.answer(input.token, { kind: 'phaseDone' });
    return;
  }
  if (step === undefined) {
    await ports.attempts.putWait({ ...wait, purpose: 'release' });
  } else {
    await ports.attempts.putWait({ ...wait, purpose: 'step', step: stepKey(step.phase, step.index) });
    await start(ports, job, plan, step);
  }
  await answerIfStopped(ports, job.jobId);
}

async function start(ports: SettlePorts, job: Job, plan: PhasePlan, step: NodeStep): Promise<void> {
  const nowMs = ports.clock.now();
  const key = stepKey(step.phase, step.index);
  const deadlineMs = step.timeoutSeconds === undefined ? undefined : epochMs(nowMs + step.timeoutSeconds * 1000 + graceMs);
  const fresh: StepRecord = {
    jobId: job.jobId,
    attempt: job.attempt,
    step: key,
    name: step.name,
    ranks: step.ranks,
    last: step.index === plan.steps.length - 1,
    sends: 0,
    startedAtMs: nowMs,
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
  };
  const record = await ports.attempts.beginStep(fresh);
  if (record.answer !== undefined) {
    await answerWait(ports, job.jobId, key, record.answer);
    return;
  }
  if (record.commandId !== undefined) {
    await settleStep(ports, record);
    return;
  }
  await announce(ports, job, plan, step, record);
  await dispatchStep(ports, job, plan, step, record);
}

/** The step's begin in the history, and its deadline. */
async function announce(ports: SettlePorts, job: Job, plan: PhasePlan, step: NodeStep, record: StepRecord): Promise<void> {
  const events: NewEvent[] = [];
  if (plan.substituted !== undefined && step.phase === 'configure' && step.index === 0) {
    events.push({ type: 'RuntimeSubstituted', message: plan.substituted });
  }
  const where = step.ranks === 'all' ? 'all nodes' : 'the head node';
  events.push({ type: 'StepStarted', message: `${step.name} on ${where}`, data: { step: record.step, name: step.name, system: step.system } });
  const deadlines: Deadline[] =
    record.deadlineMs === undefined
      ? []
      : [{ atMs: record.deadlineMs, jobId: job.jobId, attempt: job.attempt, kind: 'step', step: record.step }];
  await changeJob(ports.jobs, job.jobId, (now) => ({ ...amend(now, now, events, ports.clock.now()), deadlines }));
}

