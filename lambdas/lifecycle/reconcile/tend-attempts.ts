import type { ProviderInstance } from '../../../core/capacity/gang.ts';
import { DEFAULT_PROVIDER } from '../../../core/capacity/provider-registry.ts';
import type { Attempt, Job } from '../../../core/job/job.ts';
import { isTerminal } from '../../../core/lifecycle/states.ts';
import { timeOver } from '../../../core/lifecycle/time-over.ts';
import type { Wait } from '../../../core/lifecycle/wait.ts';
import type { Page } from '../../../core/ports/page.ts';
import { stopAnswer } from '../../../core/lifecycle/stop-answer.ts';
import { askAboutStep } from './ask-about-step.ts';
import { destroyAgain } from './destroy-again.ts';
import { tellOfLostNodes } from './lost-nodes.ts';
import type { Guard, ReconcilePorts } from './reconcile-ports.ts';
import { revive } from './revive-execution.ts';

export interface Tended {
  readonly executionsStarted: number;
  readonly timesOver: number;
  readonly stepsPolled: number;
  readonly nodesLost: number;
}

export const nothing: Tended = { executionsStarted: 0, timesOver: 0, stepsPolled: 0, nodesLost: 0 };
const pageSize = 200;
/** Attempts looked after at a time: enough for a thousand in a minute, few enough for the limits of the services asked. */
const atOnce = 10;

/** The deployment's instances, but for those of providers that could not be heard. */
interface Listed {
  readonly instances: readonly ProviderInstance[];
  readonly unheard: ReadonlySet<string>;
}

/** What is listed of an attempt's instances; `undefined` where that is not known. */
type ListedOf = (job: Job) => readonly ProviderInstance[] | undefined;

function byJob(listed: Listed | undefined): ListedOf {
  if (listed === undefined) return () => undefined;
  const instances = Map.groupBy(listed.instances, (instance) => instance.jobId);
  return ({ jobId, provider = DEFAULT_PROVIDER }) => (listed.unheard.has(provider) ? undefined : (instances.get(jobId) ?? []));
}

/** Looks after every attempt whose machines may exist. Of instances that could not be read no node is missed. */
export async function tendAttempts(ports: ReconcilePorts, listed: Listed | undefined, guard: Guard): Promise<Tended> {
  const listedOf = byJob(listed);
  const done: Tended[] = [];
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page: Page<Attempt> = await ports.jobs.activeAttempts(pageSize, cursor);
    for (let at = 0; at < page.items.length; at += atOnce) {
      const some = page.items.slice(at, at + atOnce);
      const tended = await Promise.all(some.map((attempt) => guard(`attempt ${attempt.attempt} of ${attempt.jobId}`, () => tend(ports, attempt, listedOf))));
      done.push(...tended.filter((one) => one !== undefined));
    }
    cursor = page.cursor;
  }
  return done.reduce(add, nothing);
}

function add(a: Tended, b: Tended): Tended {
  return {
    executionsStarted: a.executionsStarted + b.executionsStarted,
    timesOver: a.timesOver + b.timesOver,
    stepsPolled: a.stepsPolled + b.stepsPolled,
    nodesLost: a.nodesLost + b.nodesLost,
  };
}

async function tend(ports: ReconcilePorts, listed: Attempt, listedOf: ListedOf): Promise<Tended> {
  // In this order: if the job went on since, the token is of a task that is over, and what is answered to it is void.
  const wait = await ports.attempts.wait(listed.jobId);
  const job = await ports.jobs.get(listed.jobId);
  if (job === undefined || job.attempt !== listed.attempt) return nothing;
  if (job.state === 'DESTRUCTION_FAILED') {
    await destroyAgain(ports, job);
    return nothing;
  }
  if (isTerminal(job.state) || job.state === 'PENDING') return nothing;
  if (await revive(ports, job, listed)) return { ...nothing, executionsStarted: 1 };
  if (wait?.attempt !== job.attempt) return nothing;
  const instances = listedOf(job);
  const nodesLost = instances === undefined ? 0 : await tellOfLostNodes(ports, job, wait, instances);
  if (nodesLost > 0) return { ...nothing, nodesLost };
  return lookAfterWait(ports, job, wait);
}

/** Answers what the event or the request for it would have, and asks about a step of which nothing was heard for a while. */
async function lookAfterWait(ports: ReconcilePorts, job: Job, wait: Wait): Promise<Tended> {
  const nowMs = ports.clock.now();
  const over = timeOver(job, nowMs);
  const answer = stopAnswer(job, wait) ?? over;
  if (answer !== undefined) await ports.tokens.answer(wait.token, answer);
  const unheard = nowMs - wait.sinceMs >= ports.deployment.intervals.unansweredAfter * 1000 || nowMs >= (wait.deadlineMs ?? Number.POSITIVE_INFINITY);
  if (wait.purpose === 'step' && unheard) await askAboutStep(ports, wait);
  return { ...nothing, timesOver: over === undefined ? 0 : 1, stepsPolled: wait.purpose === 'step' && unheard ? 1 : 0 };
}
