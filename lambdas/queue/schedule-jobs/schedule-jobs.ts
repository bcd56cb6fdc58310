import { LeaseLostError } from '../../../core/errors/orchestrator-error.ts';
import { admit, giveTurn } from '../../../core/lifecycle/admit.ts';
import type { JobChange, ParkedEntry } from '../../../core/lifecycle/change.ts';
import type { JobId } from '../../../core/job/ids.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { Executions, TaskTokens } from '../../../core/ports/executions.ts';
import type { JobStore } from '../../../core/ports/job-store.ts';
import type { Lease, SchedulerStore } from '../../../core/ports/scheduler-store.ts';
import { planCycle, type CyclePlan, type QueueSnapshot, type SchedulingPolicy } from '../../../core/scheduling/plan-cycle.ts';
import { startExecutions } from './start-executions.ts';

export interface SchedulerPorts {
  readonly store: SchedulerStore;
  readonly jobs: JobStore;
  readonly executions: Executions;
  readonly tokens: TaskTokens;
  readonly clock: Clock;
  readonly policy: SchedulingPolicy;
  readonly leaseMs: number;
  readonly log: { info(message: string, facts: Record<string, unknown>): void };
}

/** What an invocation did, for the log and the metrics. */
export interface SchedulerReport {
  readonly held: boolean;
  readonly cycles: number;
  readonly admitted: number;
  readonly turns: number;
  readonly released: number;
}

/** Ends counted per cycle: one transaction with the counters of their shares. */
const releasesPerCycle = 90;
/** A turn whose token was not answered, because its scheduler died, is answered again after this long. */
const turnAnswerMs = 10_000;

/**
 * Schedules until there is nothing to do or `hasTime` says stop. One at a time: whoever finds the lease taken marks the
 * table dirty and leaves, and the holder looks again before it does. Whoever fails gives the lease back.
 */
export async function scheduleJobs(ports: SchedulerPorts, owner: string, hasTime: () => boolean): Promise<SchedulerReport> {
  let report: SchedulerReport = { held: false, cycles: 0, admitted: 0, turns: 0, released: 0 };
  const taken = await takeLease(ports, owner);
  if (taken === undefined) return report;
  report = { ...report, held: true };
  let lease: Lease = taken;
  try {
    for (let more = true; more && hasTime(); ) {
      lease = await keepLease(ports, lease);
      const cycle = await runCycle(ports, lease);
      report = add(report, cycle);
      ({ more } = cycle);
    }
    const { dirty } = await ports.store.dropLease(lease);
    return dirty && hasTime() ? add(await scheduleJobs(ports, owner, hasTime), report) : report;
  } catch (error) {
    if (error instanceof LeaseLostError) {
      ports.log.info('another scheduler took the lease', { owner });
      return report;
    }
    await giveBack(ports, lease);
    throw error;
  }
}

/** The holder may have looked for the mark for the last time before it was set: the lease is free then. */
async function takeLease(ports: SchedulerPorts, owner: string): Promise<Lease | undefined> {
  const take = () => ports.store.takeLease(owner, ports.clock.now(), ports.leaseMs);
  const taken = await take();
  if (taken !== undefined) return taken;
  await ports.store.markDirty();
  return take();
}

/** A cycle is shorter than half of the lease. */
async function keepLease(ports: SchedulerPorts, lease: Lease): Promise<Lease> {
  const nowMs = ports.clock.now();
  return lease.expiresAtMs - nowMs > ports.leaseMs / 2 ? lease : ports.store.renewLease(lease, nowMs, ports.leaseMs);
}

/** So that the next invocation need not wait for the lease's end; it ends by itself where this fails too. */
async function giveBack(ports: SchedulerPorts, lease: Lease): Promise<void> {
  try {
    await ports.store.dropLease(lease);
  } catch (error) {
    ports.log.info('the lease could not be given back', { owner: lease.owner, error });
  }
}

function add(a: SchedulerReport, b: Omit<SchedulerReport, 'held'>): SchedulerReport {
  return {
    held: a.held,
    cycles: a.cycles + b.cycles,
    admitted: a.admitted + b.admitted,
    turns: a.turns + b.turns,
    released: a.released + b.released,
  };
}

/** What a cycle did, and whether another may do more: ends are left to count, or slots that were given away were not taken. */
interface Cycle extends Omit<SchedulerReport, 'held'> {
  readonly more: boolean;
}

/** One cycle: count what ended, look, plan, apply, tell why the rest waits. */
async function runCycle(ports: SchedulerPorts, lease: Lease): Promise<Cycle> {
  const releases = await ports.store.releases(releasesPerCycle);
  if (releases.length > 0) await ports.store.applyReleases(lease, releases);
  const nowMs = ports.clock.now();
  // One more than can start, so that it is seen who waits.
  const snapshot = await ports.store.snapshot(ports.policy.maxRunningJobs + 1, nowMs);
  const plan = planCycle(snapshot, ports.policy, nowMs);
  const changes = await changesOf(ports, plan);
  const granted = new Set(changes.length === 0 ? [] : await ports.store.grant(lease, changes));
  const admitted = changes.filter(({ before, dequeue }) => dequeue !== undefined && granted.has(before.jobId)).map(({ after }) => after);
  const turns = plan.turns.filter((entry) => granted.has(entry.jobId));
  await startExecutions(ports, admitted);
  await answerTurns(ports, [...turns, ...unanswered(snapshot, nowMs)]);
  if (Object.keys(plan.waiting).length > 0) await ports.store.reportWaiting(lease, { atMs: nowMs, byNamespace: plan.waiting });
  const more = releases.length === releasesPerCycle || (granted.size > 0 && granted.size < plan.admissions.length + plan.turns.length);
  return { cycles: 1, admitted: admitted.length, turns: turns.length, released: releases.length, more };
}

/** The plan as changes of the jobs as they are now; one that was cancelled or started meanwhile is left out. */
async function changesOf(ports: SchedulerPorts, plan: CyclePlan): Promise<JobChange[]> {
  const read = async (jobId: JobId) => ports.jobs.get(jobId);
  const admissions = await Promise.all(
    plan.admissions.map(async (entry) => {
      const job = await read(entry.jobId);
      return job?.state === 'PENDING' ? admit(job, ports.clock.now()) : undefined;
    }),
  );
  const turns = await Promise.all(
    plan.turns.map(async (entry) => {
      const job = await read(entry.jobId);
      const waits = job?.state === 'ACQUIRING_CAPACITY' && job.attempt === entry.attempt && !job.holdsLimits;
      return waits ? giveTurn(job, entry, ports.clock.now()) : undefined;
    }),
  );
  return [...admissions, ...turns].filter((change) => change !== undefined);
}

function unanswered(snapshot: QueueSnapshot, nowMs: number): ParkedEntry[] {
  return snapshot.parked.filter((entry) => entry.turnGivenAtMs !== undefined && nowMs - entry.turnGivenAtMs > turnAnswerMs);
}

async function answerTurns(ports: SchedulerPorts, turns: readonly ParkedEntry[]): Promise<void> {
  for (const turn of turns) await ports.tokens.answer(turn.token, { kind: 'turn' });
}
