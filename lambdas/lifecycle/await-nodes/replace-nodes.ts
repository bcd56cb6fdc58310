import { gangRequest } from '../../../core/capacity/gang-request.ts';
import type { AcquireResult } from '../../../core/capacity/gang.ts';
import type { Deployment } from '../../../core/deployment/deployment.ts';
import type { Job, Node } from '../../../core/job/job.ts';
import { nameNodes } from '../../../core/job/name-nodes.ts';
import { canReplace, planReplacement, withReplacements } from '../../../core/lifecycle/node-loss.ts';
import { refuserOf } from '../../../core/capacity/refused-launch.ts';
import { LAUNCH_REJECTED } from '../../../core/lifecycle/retry.ts';
import type { TaskAnswer } from '../../../core/lifecycle/task.ts';
import type { CapacityProvider } from '../../../core/ports/capacity-provider.ts';
import type { AttemptStore } from '../../../core/ports/job-store.ts';
import type { ManifestStore } from '../../../core/ports/manifest-store.ts';
import { recordEvents, type JobPorts } from '../current-job.ts';
import { manifestOf } from '../job-manifest.ts';
import { verdictsOn } from '../lose-nodes.ts';

export interface ReplacePorts extends JobPorts {
  readonly attempts: AttemptStore;
  readonly manifests: ManifestStore;
  readonly capacity: CapacityProvider;
  readonly deployment: Deployment;
}

export interface Replaced {
  readonly kind: 'replaced';
  readonly nodes: readonly Node[];
}

/** Nodes that are not there, and why; what an attempt is told that does without them no longer. */
export interface Absence {
  readonly missing: readonly Node[];
  /** In words: `did not come up`. */
  readonly why: string;
  /** Whether the attempt was configured before: then only what its runtime can spare is replaced. */
  readonly wasConfigured: boolean;
}

/**
 * Launches nodes in the places of those that are missing: in their zone, else where the job may stand. Runs again after a
 * crash without launching twice, and is called again while nodes are missing.
 */
export async function replaceNodes(ports: ReplacePorts, job: Job, nodes: readonly Node[], absence: Absence): Promise<TaskAnswer | Replaced> {
  const { missing, wasConfigured } = absence;
  if (wasConfigured && !canReplace(await verdictsOn(ports, job, missing))) return ended(absence, 'and the job cannot go on without');
  const launches = await ports.attempts.launches(job.jobId, job.attempt);
  const plan = planReplacement(nodes, missing, launches, ports.deployment.limits.maxReplacementsPerAttempt);
  if (plan.kind === 'exhausted') return ended(absence, `and ${plan.spent} replacements have been tried`);
  const result = await ports.capacity.replace(gangRequest(job, await manifestOf(ports.manifests, job)), plan.nodes);
  if (result.kind !== 'acquired') return notReplaced(job, absence, result);
  const after = withReplacements(nodes, plan.nodes, result.nodes, ports.clock.now());
  await ports.attempts.putNodes(job.jobId, job.attempt, after);
  // One entry for all: a change takes a hundred writes, and a thousand nodes may be late together.
  const message = `${nameNodes(plan.nodes)} ${absence.why}; in their place: ${nameNodes(result.nodes)}`;
  await recordEvents(ports, job, [{ type: 'NodeReplaced', message, data: { nodes: result.nodes.length } }]);
  return { kind: 'replaced', nodes: after };
}

function notReplaced(job: Job, absence: Absence, result: Exclude<AcquireResult, { readonly kind: 'acquired' }>): TaskAnswer {
  switch (result.kind) {
    case 'rejected':
      return { kind: 'rejected', reason: { code: LAUNCH_REJECTED, message: `${refuserOf(job)} refused to launch a node in the place of another: ${result.code}: ${result.message}` } };
    case 'short':
      return ended(absence, `and could not be replaced: ${result.shortfall} are short (${[...new Set(result.cooldowns.map(({ code }) => code))].join(', ') || 'no capacity'})`);
    case 'leaked':
    case 'interrupted':
      return ended(absence, `and could not be replaced: ${result.kind}`);
  }
}

/** A node that never came up fails the configuration; one that was there and is lost interrupts the attempt. */
function ended({ missing, why, wasConfigured }: Absence, and: string): TaskAnswer {
  const message = `${nameNodes(missing)} ${why}, ${and}.`;
  return wasConfigured ? { kind: 'interrupted', reason: { code: 'NodeLost', message } } : { kind: 'failed', reason: { code: 'NodeNeverCameUp', message } };
}
