import type { ImpairedInstance, ProviderInstance } from '../../../core/capacity/gang.ts';
import { costPerHour, type KnownMachines } from '../../../core/cost/cost-per-hour.ts';
import { DEFAULT_PROVIDER, SIMULATED_PROVIDER } from '../../../core/capacity/provider-registry.ts';
import type { Attempt, Job, Node } from '../../../core/job/job.ts';
import { isTerminal } from '../../../core/lifecycle/states.ts';
import { isStuck } from '../../../core/lifecycle/stuck.ts';
import { timeOver } from '../../../core/lifecycle/time-over.ts';
import type { Wait } from '../../../core/lifecycle/wait.ts';
import type { JobSpend } from '../../../core/metrics/of-spend.ts';
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
  readonly jobsStuck: number;
  /** Jobs that have ended, of which there were machines still when this pass looked. */
  readonly machinesLeft: number;
  /** Attempts that could not be read: whether they are stuck is not known. */
  readonly attemptsUnread: number;
}

/** What was done for attempts, and what the jobs cost an hour that could be looked at. */
interface Looked {
  readonly tended: Tended;
  readonly spends: readonly JobSpend[];
}

export const nothing: Tended = { executionsStarted: 0, timesOver: 0, stepsPolled: 0, nodesLost: 0, jobsStuck: 0, machinesLeft: 0, attemptsUnread: 0 };
const pageSize = 200;
/** Attempts looked after at a time: enough for a thousand in a minute, few enough for the limits of the services asked. */
const atOnce = 10;

/** The deployment's instances, but for those of providers that could not be heard. */
interface Listed {
  readonly instances: readonly ProviderInstance[];
  readonly unheard: ReadonlySet<string>;
  /** Those of them, and of others, that are not reached. */
  readonly impaired: readonly ImpairedInstance[];
}

/** What is listed of an attempt's instances; `undefined` where that is not known. */
interface Known {
  readonly of: (job: Job) => readonly ProviderInstance[] | undefined;
  readonly impaired: readonly ImpairedInstance[];
}

function byJob(listed: Listed | undefined): Known {
  if (listed === undefined) return { of: () => undefined, impaired: [] };
  const instances = Map.groupBy(listed.instances, (instance) => instance.jobId);
  return { of: ({ jobId, provider = DEFAULT_PROVIDER }) => (listed.unheard.has(provider) ? undefined : (instances.get(jobId) ?? [])), impaired: listed.impaired };
}

/** Looks after every attempt whose machines may exist. Of instances that could not be read no node is missed. */
export async function tendAttempts(ports: ReconcilePorts, listed: Listed | undefined, guard: Guard): Promise<Looked> {
  const known = byJob(listed);
  const done: Looked[] = [];
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page: Page<Attempt> = await ports.jobs.activeAttempts(pageSize, cursor);
    for (let at = 0; at < page.items.length; at += atOnce) {
      const some = page.items.slice(at, at + atOnce);
      done.push(...(await Promise.all(some.map((attempt) => lookAfter(ports, attempt, known, guard)))));
    }
    cursor = page.cursor;
  }
  return { tended: done.map(({ tended }) => tended).reduce(add, nothing), spends: done.flatMap(({ spends }) => spends) };
}

function add(a: Tended, b: Tended): Tended {
  return {
    executionsStarted: a.executionsStarted + b.executionsStarted,
    timesOver: a.timesOver + b.timesOver,
    stepsPolled: a.stepsPolled + b.stepsPolled,
    nodesLost: a.nodesLost + b.nodesLost,
    jobsStuck: a.jobsStuck + b.jobsStuck,
    machinesLeft: a.machinesLeft + b.machinesLeft,
    attemptsUnread: a.attemptsUnread + b.attemptsUnread,
  };
}

/** Says of an attempt whether it is stuck, also where nothing can be done for it: that is how some get stuck. */
async function lookAfter(ports: ReconcilePorts, listed: Attempt, known: Known, guard: Guard): Promise<Looked> {
  const what = `attempt ${listed.attempt} of ${listed.jobId}`;
  const found = await guard(what, () => find(ports, listed), listed);
  if (found === undefined) return { tended: { ...nothing, attemptsUnread: 1 }, spends: [] };
  if (found === 'over') return { tended: nothing, spends: [] };
  const tended = await guard(what, () => tend(ports, listed, found, known), listed);
  return {
    tended: { ...(tended ?? unlookedAfter(found.job)), jobsStuck: countsAsStuck(ports, found.job) ? 1 : 0 },
    spends: await guard(what, async () => spendOf(ports, found, known.of(found.job)), listed) ?? [],
  };
}

/** What is said of an attempt for which nothing could be done. Of rehearsals nothing is left. */
function unlookedAfter({ state, provider }: Job): Tended {
  return { ...nothing, machinesLeft: state === 'DESTRUCTION_FAILED' && provider !== SIMULATED_PROVIDER ? 1 : 0 };
}

interface Found {
  readonly job: Job;
  readonly wait: Wait | undefined;
  /** Reads its nodes, once. */
  readonly nodes: () => Promise<readonly Node[]>;
}

/** The attempt's job and its token, unless another attempt is under way. */
async function find(ports: ReconcilePorts, { jobId, attempt }: Attempt): Promise<Found | 'over'> {
  // In this order: if the job went on since, the token is of a task that is over, and what is answered to it is void.
  const wait = await ports.attempts.wait(jobId);
  const job = await ports.jobs.get(jobId);
  let read: Promise<readonly Node[]> | undefined;
  return job?.attempt === attempt ? { job, wait, nodes: () => (read ??= ports.attempts.nodes(jobId, attempt)) } : 'over';
}

/** An attempt that has ended has verified that its machines are gone, but for one. */
const isOver = ({ state }: Job): boolean => isTerminal(state) && state !== 'DESTRUCTION_FAILED';

/** Before its gang is whole an attempt has none. */
const hasNodes = (job: Job): boolean => job.state !== 'PENDING' && job.state !== 'ACQUIRING_CAPACITY' && !isOver(job);

/** What a job costs an hour, whether or not it could be looked after; nothing is said of rehearsals. */
async function spendOf({ clock }: ReconcilePorts, { job, nodes }: Found, listed: KnownMachines['listed']): Promise<readonly JobSpend[]> {
  if (job.provider === SIMULATED_PROVIDER || isOver(job)) return [];
  const machines = { nodes: hasNodes(job) ? await nodes() : [], listed };
  return [{ namespace: job.namespace, labels: job.labels, microUsdPerHour: costPerHour(job, machines, clock.now()) }];
}

/** What is silent is looked after once in `unansweredAfter`: three times, and it was not moved by that. */
function countsAsStuck({ clock, deployment }: ReconcilePorts, job: Job): boolean {
  return job.provider !== SIMULATED_PROVIDER && isStuck(job, clock.now(), 3000 * deployment.intervals.unansweredAfter);
}

async function tend(ports: ReconcilePorts, listed: Attempt, { job, wait, nodes }: Found, known: Known): Promise<Tended> {
  if (job.state === 'DESTRUCTION_FAILED') {
    const isGone = await destroyAgain(ports, job);
    return isGone ? nothing : unlookedAfter(job);
  }
  if (isTerminal(job.state) || job.state === 'PENDING') return nothing;
  if (await revive(ports, job, listed)) return { ...nothing, executionsStarted: 1 };
  if (wait?.attempt !== job.attempt) return nothing;
  const instances = known.of(job);
  const nodesLost = instances === undefined ? 0 : await tellOfLostNodes(ports, { job, wait, nodes }, { listed: instances, impaired: known.impaired });
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
