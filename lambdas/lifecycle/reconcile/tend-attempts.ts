import type { ProviderInstance } from '../../../core/capacity/gang.ts';
import type { JobId } from '../../../core/job/ids.ts';
import type { Attempt, Job } from '../../../core/job/job.ts';
import { isTerminal } from '../../../core/lifecycle/states.ts';
import type { Wait } from '../../../core/lifecycle/wait.ts';
import type { Page } from '../../../core/ports/page.ts';
import { stopAnswer } from '../answer-wait.ts';
import { settleStep } from '../settle-step.ts';
import { destroyAgain } from './destroy-again.ts';
import { endForLostNodes } from './lost-nodes.ts';
import type { Guard, ReconcilePorts } from './reconcile-ports.ts';
import { revive } from './revive-execution.ts';

export interface Tended {
  readonly executionsStarted: number;
  readonly stepsPolled: number;
  readonly nodesLost: number;
}

const nothing: Tended = { executionsStarted: 0, stepsPolled: 0, nodesLost: 0 };
const pageSize = 200;
/** Attempts looked after at a time: enough for a thousand in a minute, few enough for the limits of the services asked. */
const atOnce = 10;

/** Looks after every attempt whose machines may exist. Without `instances`, which could not be read, no node is missed. */
export async function tendAttempts(ports: ReconcilePorts, instances: readonly ProviderInstance[] | undefined, guard: Guard): Promise<Tended> {
  const byJob = instances === undefined ? undefined : Map.groupBy(instances, (instance) => instance.jobId);
  const done: Tended[] = [];
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page: Page<Attempt> = await ports.jobs.activeAttempts(pageSize, cursor);
    for (let at = 0; at < page.items.length; at += atOnce) {
      const some = page.items.slice(at, at + atOnce);
      const tended = await Promise.all(some.map((attempt) => guard(`attempt ${attempt.attempt} of ${attempt.jobId}`, () => tend(ports, attempt, byJob))));
      done.push(...tended.filter((one) => one !== undefined));
    }
    cursor = page.cursor;
  }
  return done.reduce(add, nothing);
}

function add(a: Tended, b: Tended): Tended {
  return { executionsStarted: a.executionsStarted + b.executionsStarted, stepsPolled: a.stepsPolled + b.stepsPolled, nodesLost: a.nodesLost + b.nodesLost };
}

async function tend(ports: ReconcilePorts, listed: Attempt, byJob: ReadonlyMap<JobId | undefined, readonly ProviderInstance[]> | undefined): Promise<Tended> {
  const job = await ports.jobs.get(listed.jobId);
  if (job === undefined || job.attempt !== listed.attempt) return nothing;
  if (job.state === 'DESTRUCTION_FAILED') {
    await destroyAgain(ports, job);
    return nothing;
  }
  if (isTerminal(job.state) || job.state === 'PENDING') return nothing;
  if (await revive(ports, job, listed)) return { ...nothing, executionsStarted: 1 };
  const wait = await ports.attempts.wait(job.jobId);
  if (wait?.attempt !== job.attempt) return nothing;
  const nodesLost = byJob === undefined ? 0 : await endForLostNodes(ports, job, wait, byJob.get(job.jobId) ?? []);
  if (nodesLost > 0) return { ...nothing, nodesLost };
  return (await poll(ports, job, wait)) ? { ...nothing, stepsPolled: 1 } : nothing;
}

/** A token that nobody has answered for a while: the event may be lost, so the step itself is asked. */
async function poll(ports: ReconcilePorts, job: Job, wait: Wait): Promise<boolean> {
  const stop = stopAnswer(job, wait);
  if (stop !== undefined) await ports.tokens.answer(wait.token, stop);
  const waited = ports.clock.now() - wait.sinceMs;
  if (wait.purpose !== 'step' || wait.step === undefined || waited < ports.deployment.intervals.unansweredAfter * 1000) return false;
  const record = await ports.attempts.step(job.jobId, job.attempt, wait.step);
  if (record !== undefined) await settleStep(ports, record);
  return true;
}
