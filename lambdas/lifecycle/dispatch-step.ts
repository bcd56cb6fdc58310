import type { Job, Node } from '../../core/job/job.ts';
import { isThere } from '../../core/lifecycle/node-loss.ts';
import type { StepRecord } from '../../core/lifecycle/wait.ts';
import type { AttemptSecrets } from '../../core/ports/attempt-secrets.ts';
import type { AttemptStore } from '../../core/ports/job-store.ts';
import type { NodeCommands, StepDispatch } from '../../core/ports/node-commands.ts';
import type { NodeStep } from '../../core/runtimes/node-step.ts';
import { runtimeOf } from '../../core/runtimes/runtime-for.ts';
import { nodesOfStep, replacedSince } from '../../core/runtimes/step-result.ts';
import type { PhasePlan } from './job-steps.ts';

export interface DispatchPorts {
  readonly attempts: AttemptStore;
  readonly commands: NodeCommands;
  readonly secrets: AttemptSecrets;
}

type SentPlan = Pick<PhasePlan, 'manifest' | 'stopFirst'>;

/** SSM's longest execution time-out, 48 h. A step that outlives it is attached to again. */
const longestCommandSeconds = 172_800;
/** What the command may take longer than the step: the runner has to stop it and say so. */
const graceSeconds = 60;

/**
 * Sends a step, for the first time or to attach again, and notes the command. A step of the configuration that was left
 * when nodes were replaced is sent to nobody: its command would come to the new ones too, before what prepares them, and
 * one that is told that it is none of the step's nodes never runs it.
 */
export async function dispatchStep(
  ports: DispatchPorts,
  job: Job,
  plan: SentPlan,
  step: NodeStep,
  record: StepRecord,
): Promise<StepRecord> {
  const nodes = await ports.attempts.nodes(job.jobId, job.attempt);
  if (step.phase === 'configure' && replacedSince(record, nodes).size > 0) return record;
  const runsOn = nodesOfStep(record, nodes);
  const commandId = await ports.commands.send({
    jobId: job.jobId,
    attempt: job.attempt,
    namespace: job.namespace,
    step,
    // Who is not listed runs nothing: a step of all nodes goes to those of its own round.
    nodes: step.ranks === 'all' ? runsOn : nodes.filter(isThere),
    stopFirst: plan.stopFirst,
    ...(await clusterFilesFor(ports, job, plan, step, nodes)),
    commandTimeoutSeconds: commandTimeoutOf(step),
  });
  const sent = { ...record, commandId, sends: record.sends + 1, sentTo: runsOn.length };
  await ports.attempts.updateStep(sent);
  return sent;
}

/** The command outlives the step, so that the runner can say how it ended. */
export const commandTimeoutOf = ({ timeoutSeconds = longestCommandSeconds }: NodeStep): number => Math.min(longestCommandSeconds, timeoutSeconds + graceSeconds);

/** The secret is in what the nodes fetch and nowhere else: in no record, no event and no log. */
async function clusterFilesFor({ secrets }: DispatchPorts, job: Job, { manifest }: SentPlan, step: NodeStep, nodes: readonly Node[]): Promise<Pick<StepDispatch, 'clusterFiles'>> {
  if (step.clusterFiles === undefined) return {};
  const { jobId, attempt, namespace } = job;
  const secret = await secrets.of(jobId, attempt);
  return { clusterFiles: runtimeOf(job, manifest).clusterFiles({ manifest, jobId, attempt, namespace, nodes: nodes.filter(isThere), secret }) };
}
