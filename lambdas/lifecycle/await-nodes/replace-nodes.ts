import { gangRequest } from '../../../core/capacity/gang-request.ts';
import type { AcquireResult, GangRequest, Interruption } from '../../../core/capacity/gang.ts';
import { besides } from '../../../core/capacity/replacement.ts';
import type { Deployment } from '../../../core/deployment/deployment.ts';
import type { InstanceId } from '../../../core/job/ids.ts';
import type { Job, Node } from '../../../core/job/job.ts';
import { nameNodes } from '../../../core/job/name-nodes.ts';
import { canReplace, isThere, planReplacement, withReplacements } from '../../../core/lifecycle/node-loss.ts';
import { refuserOf } from '../../../core/capacity/refused-launch.ts';
import { LAUNCH_REJECTED } from '../../../core/lifecycle/retry.ts';
import { cancelled, isCancelDue } from '../../../core/lifecycle/stop-answer.ts';
import type { TaskAnswer } from '../../../core/lifecycle/task.ts';
import { ttlReason } from '../../../core/lifecycle/time-over.ts';
import type { CapacityProvider } from '../../../core/ports/capacity-provider.ts';
import type { AttemptStore } from '../../../core/ports/job-store.ts';
import { runtimeOf } from '../../../core/runtimes/runtime-for.ts';
import { runtimeImages } from '../../../core/runtimes/slurm/images.ts';
import { withSubmittedScript } from '../../../core/runtimes/steps.ts';
import { MOST_TOLD, tellLaunch, type ToldLaunch } from '../../../core/trace/launches.ts';
import { recordEvents, type JobPorts } from '../current-job.ts';
import { interruptedBy } from '../interrupted-by.ts';
import { manifestOf } from '../job-manifest.ts';
import { submittedOf } from '../job-steps.ts';
import { verdictsOn } from '../lose-nodes.ts';
import { tellRuntime, type TellRuntimePorts } from '../tell-runtime.ts';

export interface ReplacePorts extends JobPorts, TellRuntimePorts {
  readonly attempts: AttemptStore;
  readonly capacity: CapacityProvider;
  readonly deployment: Deployment;
}

export interface Replaced {
  readonly kind: 'replaced';
  /** All of the attempt, without or with others in the place of those that were missing. */
  readonly nodes: readonly Node[];
}

/** Nodes that are not there, and why; what an attempt is told that does without them no longer. */
export interface Absence {
  readonly missing: readonly Node[];
  /** In words: `did not come up`. */
  readonly why: string;
  /** Whether the attempt was configured before: then only what its runtime can spare is replaced. */
  readonly wasConfigured: boolean;
  /** Whether they were there, and run no longer. */
  readonly isGone: boolean;
}

/**
 * Launches nodes in the places of those that are missing: in their zone, else where the job may stand. Where there are none
 * a job that can spare the missing ones goes on without. Runs again after a
 * crash without launching twice, and is called again while nodes are missing. Launches nothing more once the job is
 * cancelled, out of time or not where it was, with `job` as the caller found it.
 */
export async function replaceNodes(ports: ReplacePorts, job: Job, nodes: readonly Node[], absence: Absence): Promise<TaskAnswer | Replaced> {
  const { missing, wasConfigured } = absence;
  if (wasConfigured && !canReplace(await verdictsOn(ports, job, missing))) return ended(absence, 'and the job cannot go on without');
  if (wasConfigured) await tellRuntime(ports, job, nodes, missing);
  const launches = await ports.attempts.launches(job.jobId, job.attempt);
  const plan = planReplacement(nodes, missing, launches, ports.deployment.limits.maxReplacementsPerAttempt);
  if (plan.kind === 'exhausted') return ended(absence, `and ${plan.spent} replacements have been tried`);
  const replaced = new Set(plan.nodes.map(({ instanceId }) => instanceId));
  const staying = nodes.filter((node) => isThere(node) && !replaced.has(node.instanceId));
  const request = besides(gangRequest(job, await manifestOf(ports.manifests, job), runtimeImages(ports.deployment, job)), staying);
  const result = await ports.capacity.replace(request, plan.nodes, interruptedBy(ports, job));
  const tried = await toldLaunches(ports, job, request, replaced);
  if (result.kind === 'short' && wasConfigured && (await isSpared(ports, job, staying, missing))) return goOnWithout(ports, job, nodes, plan.nodes, absence, result, tried);
  if (result.kind !== 'acquired') {
    if (tried.length > 0) await recordEvents(ports, job, [{ type: 'LaunchTried', message: `in the place of ${nameNodes(plan.nodes)}`, data: { launches: tried } }]);
    return notReplaced(ports, job, absence, result);
  }
  const after = withReplacements(nodes, plan.nodes, result.nodes, ports.clock.now());
  // Whoever loses a node that was up hears of it elsewhere. One entry for all: a change takes a hundred writes, and a thousand nodes may be late together.
  const message = `${nameNodes(plan.nodes)} ${absence.why}; in their place: ${nameNodes(result.nodes)}`;
  const lost = { type: 'NodeLost', message: `${nameNodes(plan.nodes)} ${absence.why}, before all nodes were up.`, data: { nodes: plan.nodes.length } } as const;
  const news = absence.isGone && !wasConfigured ? [lost] : [];
  // First told, then done: who dies in between is told of twice, and not never.
  await recordEvents(ports, job, [...news, { type: 'NodeReplaced', message, data: { nodes: result.nodes.length, launches: tried } }]);
  await ports.attempts.putNodes(job.jobId, job.attempt, after);
  return { kind: 'replaced', nodes: after };
}

/** What the history tells of the calls for the place of nodes, also of those of a run that died. */
async function toldLaunches({ attempts }: ReplacePorts, { jobId, attempt }: Job, { pools }: GangRequest, replaced: ReadonlySet<InstanceId>): Promise<readonly ToldLaunch[]> {
  const launches = await attempts.launches(jobId, attempt);
  return launches.filter(({ replaces = [] }) => replaces.some((id) => replaced.has(id))).slice(-MOST_TOLD)
    .map((launch) => tellLaunch(launch, pools.find(({ pool }) => pool === launch.pool)?.image));
}

/** Whether the job, which runs, goes on with the nodes that are not missing. */
async function isSpared(ports: ReplacePorts, job: Job, staying: readonly Node[], missing: readonly Node[]): Promise<boolean> {
  if (job.state !== 'RUNNING') return false;
  const lost = new Set(missing.map(({ instanceId }) => instanceId));
  const submitted = await submittedOf(ports, job);
  const left = staying.filter(({ instanceId }) => !lost.has(instanceId));
  return runtimeOf(job, submitted.manifest).spares({ manifest: withSubmittedScript(submitted) }, left);
}

/** The nodes are out of the attempt, and others learn of it in the round that follows. They have been told to go. */
async function goOnWithout(ports: ReplacePorts, job: Job, nodes: readonly Node[], lost: readonly Node[], { why }: Absence, result: Short, launches: readonly ToldLaunch[]): Promise<Replaced> {
  const after = withReplacements(nodes, lost, [], ports.clock.now());
  await ports.attempts.putNodes(job.jobId, job.attempt, after);
  const left = after.filter(isThere).length;
  const message = `${nameNodes(lost)} ${why}, and could not be replaced: ${shortness(result)}. The job goes on without, with ${left} nodes.`;
  await recordEvents(ports, job, [{ type: 'NodeSpared', message, data: { nodes: lost.length, left, launches } }]);
  return { kind: 'replaced', nodes: after };
}

type Short = Extract<AcquireResult, { readonly kind: 'short' }>;

const shortness = ({ shortfall, cooldowns }: Short): string =>
  `${shortfall} are short (${[...new Set(cooldowns.map(({ code }) => code))].join(', ') || 'no capacity, or none within capacity.maxUsdPerHour'})`;

async function notReplaced(ports: JobPorts, job: Job, absence: Absence, result: Exclude<AcquireResult, { readonly kind: 'acquired' }>): Promise<TaskAnswer> {
  switch (result.kind) {
    case 'rejected':
      return { kind: 'rejected', reason: { code: LAUNCH_REJECTED, message: `${refuserOf(job)} refused to launch a node in the place of another: ${result.code}: ${result.message}` } };
    case 'short':
      return ended(absence, `and could not be replaced: ${shortness(result)}`);
    case 'leaked':
      return ended(absence, 'and could not be replaced: what was launched instead is not seen to go');
    case 'interrupted':
      return stoppedBy((await ports.jobs.get(job.jobId)) ?? job, result.by);
  }
}

/** What a task answers whose job is cancelled or out of time; nobody hears it where the job has ended, or went on without it. */
export function stoppedBy(job: Job, by: Interruption): TaskAnswer {
  if (by === 'timedOut') return { kind: 'timedOut', reason: ttlReason(job) };
  return isCancelDue(job) ? cancelled(job) : { kind: 'cancelled', reason: { code: 'AttemptWentOn', message: 'The attempt ended, or went on, while its nodes were awaited.' } };
}

/** A node that never came up fails the configuration; one that was there and is lost interrupts the attempt. */
function ended({ missing, why, wasConfigured, isGone }: Absence, and: string): TaskAnswer {
  const message = `${nameNodes(missing)} ${why}, ${and}.`;
  return wasConfigured || isGone ? { kind: 'interrupted', reason: { code: 'NodeLost', message } } : { kind: 'failed', reason: { code: 'NodeNeverCameUp', message } };
}
