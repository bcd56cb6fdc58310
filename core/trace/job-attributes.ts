import type { Attempt, SchedulerReport } from '../job/job.ts';
import type { Outcome } from '../lifecycle/states.ts';
import { isFailure } from './verdict.ts';
import type { Attributes } from './span.ts';
import type { TracedJob } from './traced.ts';

/** What is known of a job from its submission on. */
export function jobAttributes({ jobId, namespace, manifest, user, labels, runtime, runtimeVersion, provider = 'aws' }: TracedJob): Attributes {
  return {
    'orchestrator.job.id': jobId,
    'orchestrator.job.namespace': namespace,
    'orchestrator.manifest.name': manifest.name,
    'orchestrator.manifest.version': manifest.version,
    'orchestrator.manifest.digest': manifest.digest,
    'user.name': user,
    'orchestrator.runtime': runtime,
    ...(runtimeVersion === undefined ? {} : { 'orchestrator.runtime.version': runtimeVersion }),
    'cloud.provider': provider,
    ...Object.fromEntries(Object.entries(labels).map(([key, value]) => [`orchestrator.label.${key}`, value])),
  };
}

/** What is known once it has ended, or of the time being. */
export function jobEnding({ priority, outcome, reason, exitCode, scheduler }: TracedJob, attempts: number): Attributes {
  return {
    'orchestrator.job.priority': priority,
    'orchestrator.job.attempts': attempts,
    ...ending(outcome, reason),
    ...(exitCode === undefined ? {} : { 'process.exit.code': exitCode }),
    ...(scheduler === undefined ? {} : schedulerAttributes(scheduler)),
  };
}

/** How an attempt ended. */
export function attemptEnding(outcome: Outcome | undefined, record: Pick<Attempt, 'reason'> | undefined): Attributes {
  return ending(outcome, record?.reason);
}

function ending(outcome: Outcome | undefined, reason: Attempt['reason']): Attributes {
  return {
    ...(outcome === undefined ? {} : { 'orchestrator.outcome': outcome }),
    ...(outcome !== undefined && isFailure(outcome) ? { 'error.type': reason?.code ?? outcome } : {}),
    ...(reason === undefined ? {} : { 'orchestrator.reason': reason.message }),
  };
}

/** What the cluster's own scheduler said of a step of the run. */
export function schedulerAttributes({ id, state, nodes, reason, restarts }: SchedulerReport): Attributes {
  return {
    'orchestrator.scheduler.id': id,
    'orchestrator.scheduler.state': state,
    'orchestrator.scheduler.nodes': nodes,
    'orchestrator.scheduler.restarts': restarts,
    ...(reason === undefined ? {} : { 'orchestrator.scheduler.reason': reason }),
  };
}
