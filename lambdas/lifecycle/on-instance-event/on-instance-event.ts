import { offeringKey } from '../../../core/capacity/offering.ts';
import type { ProviderInstance } from '../../../core/capacity/gang.ts';
import type { InstanceId, JobId } from '../../../core/job/ids.ts';
import type { Job, Node } from '../../../core/job/job.ts';
import { needsNode } from '../../../core/lifecycle/node-loss.ts';
import type { AttemptStore } from '../../../core/ports/job-store.ts';
import type { CapacityProvider } from '../../../core/ports/capacity-provider.ts';
import type { EventLog } from '../../../core/ports/event-log.ts';
import { DependencyThrottledError } from '../../../core/errors/orchestrator-error.ts';
import { jobKeys } from '../../runtime/job-keys.ts';
import { logKeys } from '../../runtime/logger.ts';
import { recordEvents } from '../current-job.ts';
import { coolOfferings, loseNodes, type LossPorts } from '../lose-nodes.ts';

export interface InstanceEventPorts extends LossPorts {
  readonly attempts: AttemptStore;
  readonly capacity: Pick<CapacityProvider, 'find'>;
  readonly log: Pick<EventLog, 'warn'>;
}

/** What EC2 says of an instance: before it takes it back, or once it runs no longer. */
export interface InstanceNotice {
  readonly instanceId: InstanceId;
  readonly kind: 'interruption' | 'rebalance' | 'gone';
}

/** An instance of a job's. */
type JobInstance = ProviderInstance & { readonly jobId: JobId };

/**
 * Takes what EC2 says of an instance to the job that it concerns. Its events name no tags, so they come for every
 * instance of the account: for one that is not ours, or that was told to go, this is one look at EC2 and no more.
 */
export async function onInstanceNotice(ports: InstanceEventPorts, notice: InstanceNotice): Promise<void> {
  const { kind } = notice;
  logKeys({ instanceId: notice.instanceId });
  const instance = await find(ports, notice);
  if (instance === undefined || !isOfJob(instance) || instance.endedByCall) return;
  logKeys(jobKeys({ jobId: instance.jobId, ...(instance.attempt !== undefined && { attempt: instance.attempt }) }));
  await (kind === 'gone' ? instanceGone(ports, instance) : noticeGiven(ports, instance, kind));
}

/** Where many machines end at once EC2 may ask for patience: whatever is lost among them the reconciler sees. */
async function find({ capacity, log }: InstanceEventPorts, { instanceId, kind }: InstanceNotice): Promise<ProviderInstance | undefined> {
  try {
    return await capacity.find(instanceId);
  } catch (error) {
    if (kind !== 'gone' || !(error instanceof DependencyThrottledError)) throw error;
    log.warn('an instance that ended is left to the reconciler', { instanceId, error });
    return undefined;
  }
}

function isOfJob(instance: ProviderInstance): instance is JobInstance {
  return instance.jobId !== undefined;
}

/** Machines of an offering are taken back together, a hundred notices in a second: one of a minute is told, or all would change the job at once. */
function aboutNotice({ clock }: InstanceEventPorts, instance: JobInstance, kind: string): string {
  return `${kind}/${offeringKey(instance)}/${Math.floor(clock.now() / 60_000)}`;
}

/**
 * A job goes on after a notice: it may end within the two minutes. Where the machine stands none is launched for a while.
 * A recommendation is no more than that: most of these machines stay.
 */
async function noticeGiven(ports: InstanceEventPorts, instance: JobInstance, kind: 'interruption' | 'rebalance'): Promise<void> {
  if (kind === 'interruption') await coolOfferings(ports, [instance], 'SpotInterruption');
  const job = await ports.jobs.get(instance.jobId);
  if (job === undefined || job.attempt !== instance.attempt) return;
  if (!(await ports.attempts.noteOnce(job.jobId, job.attempt, aboutNotice(ports, instance, kind)))) return;
  const name = (await nodeOf(ports, job, instance))?.name ?? instance.instanceId;
  const others = `so may others of ${instance.instanceType} in ${instance.zone}`;
  const message =
    kind === 'interruption'
      ? `${name}: EC2 takes this Spot instance back in two minutes; ${others}`
      : `${name}: EC2 recommends to replace this Spot instance, it may be taken back soon; ${others}`;
  await recordEvents(ports, job, [{ type: 'NodeInterrupted', message, data: { instanceId: instance.instanceId, kind, zone: instance.zone } }]);
}

/**
 * Ends the wait of a job that needs the node. What comes late, or twice, finds that nobody waits. Where the machine was taken
 * back is remembered before, and whether or not anybody waits: the answer has another one launched.
 */
async function instanceGone(ports: InstanceEventPorts, instance: JobInstance): Promise<void> {
  await coolOfferings(ports, [instance], 'SpotReclaimed');
  // In this order: if the job went on since, the token is of a task that is over, and what is answered to it is void.
  const wait = await ports.attempts.wait(instance.jobId);
  const job = await ports.jobs.get(instance.jobId);
  if (job === undefined || job.attempt !== instance.attempt || wait?.attempt !== job.attempt || wait.purpose === 'park') return;
  const node = await nodeOf(ports, job, instance);
  if (node !== undefined && needsNode(job, node)) await loseNodes(ports, job, wait, [node]);
}

async function nodeOf({ attempts }: InstanceEventPorts, { jobId, attempt, namespace }: Job, { instanceId }: JobInstance): Promise<Node | undefined> {
  const node = (await attempts.nodes(jobId, attempt)).find((each) => each.instanceId === instanceId);
  logKeys({ namespace, node: node?.name });
  return node;
}
