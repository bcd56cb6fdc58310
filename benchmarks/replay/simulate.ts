import type { EpochMs, JobId } from '../../core/job/ids.ts';
import type { QueueEntry } from '../../core/lifecycle/change.ts';
import { planCycle } from '../../core/scheduling/plan-cycle.ts';
import type { Start } from '../../core/scheduling/plan.ts';
import type { SchedulingPolicy } from '../../core/scheduling/policy.ts';
import type { SchedulingSnapshot, ShareUse } from '../../core/scheduling/snapshot.ts';
import type { ShareTree } from '../../core/shares/share-tree.ts';
import { EndQueue } from './end-queue.ts';
import { momentOf, type Load, type LoadJob } from './load.ts';
import { laneOrders } from './policies.ts';
import { RunningJobs } from './running-jobs.ts';
import { WaitingJobs } from './waiting-jobs.ts';

/** Hears what happens, in the order of simulated time. */
export interface Observer {
  /** Time goes on to `nowMs`; what follows happens then. */
  timeGoesOn(nowMs: EpochMs): void;
  submitted(job: LoadJob): void;
  started(job: LoadJob, atMs: EpochMs): void;
  ended(job: LoadJob): void;
}

/** What a simulation took. */
export interface SimulationCost {
  readonly cycles: number;
}

/**
 * Replays a load under a policy: simulated time, production's planner. What happens at one instant is one cycle's
 * work: first jobs end, then jobs come, then the scheduler looks. Cycles that cannot start anything are left out: those
 * in which nothing waits, or not even the smallest waiting job has room.
 */
export function simulate(load: Load, policy: SchedulingPolicy, observer: Observer): SimulationCost {
  return new Simulation(load, policy, observer).run();
}

class Simulation {
  readonly #load: Load;
  readonly #policy: SchedulingPolicy;
  readonly #observer: Observer;
  readonly #waiting: WaitingJobs;
  readonly #running: RunningJobs;
  readonly #ends = new EndQueue();
  /** The group right under the root that a namespace belongs to, where it has one. */
  readonly #branches: ReadonlyMap<string, string>;
  readonly #jobs: ReadonlyMap<JobId, LoadJob>;
  #arrived = 0;
  #cycles = 0;

  constructor(load: Load, policy: SchedulingPolicy, observer: Observer) {
    this.#load = load;
    this.#policy = policy;
    this.#observer = observer;
    this.#jobs = new Map(load.jobs.map((job) => [job.entry.jobId, job]));
    this.#branches = branchesOf(policy.shares);
    this.#waiting = new WaitingJobs(laneOrders[policy.order]);
    this.#running = new RunningJobs(policy.shares.halfLifeSeconds, momentOf(this.#nextArrivalMs()));
  }

  run(): SimulationCost {
    for (let next = this.#nextMs(); next < Number.POSITIVE_INFINITY; next = this.#nextMs()) {
      const nowMs = momentOf(next);
      this.#observer.timeGoesOn(nowMs);
      this.#running.goOn(nowMs);
      while (this.#ends.nextMs === next) this.#end(this.#ends.take(), nowMs);
      while (this.#nextArrivalMs() === next) this.#submit();
      this.#schedule(nowMs);
    }
    if (this.#waiting.count > 0) throw new Error(`${this.#waiting.count} jobs never started under this policy.`);
    return { cycles: this.#cycles };
  }

  #nextMs(): number {
    return Math.min(this.#nextArrivalMs(), this.#ends.nextMs);
  }

  #nextArrivalMs(): number {
    return this.#load.jobs[this.#arrived]?.entry.submittedAtMs ?? Number.POSITIVE_INFINITY;
  }

  #submit(): void {
    const job = this.#load.jobs[this.#arrived];
    this.#arrived += 1;
    if (job === undefined) return;
    this.#waiting.add(job.entry);
    this.#observer.submitted(job);
  }

  #end(job: LoadJob, nowMs: EpochMs): void {
    this.#running.end(job.entry, nowMs);
    this.#observer.ended(job);
  }

  /** Cycle after cycle, until one starts nothing more. */
  #schedule(nowMs: EpochMs): void {
    let more = true;
    while (more && this.#waiting.fewestUnits <= this.#load.capacity - this.#running.units) {
      const admissions = this.#plan(nowMs);
      for (const start of admissions) this.#start(start, nowMs);
      more = admissions.length >= this.#policy.maxStarts;
    }
  }

  /** One cycle. As the loop does, it reads on where the plan wants to know more, and plans again. */
  #plan(nowMs: EpochMs): readonly Start<QueueEntry>[] {
    this.#cycles += 1;
    let snapshot: SchedulingSnapshot = { uses: this.#uses(), lanes: this.#waiting.windows(), parked: [], pauses: [], cooldowns: [], launching: 0 };
    for (;;) {
      const { admissions, wants } = planCycle(snapshot, this.#policy, nowMs);
      const lanes = this.#waiting.readOn(snapshot.lanes, wants.lanes);
      const wantsHolders = wants.holders && snapshot.holders === undefined;
      if (lanes === undefined && !wantsHolders) return admissions;
      snapshot = { ...snapshot, ...(lanes === undefined ? {} : { lanes }), ...(wantsHolders ? { holders: this.#running.holders() } : {}) };
    }
  }

  /** Usage is compared between those who want something: where nothing waits below a child of the root, it is left out. */
  #uses(): ShareUse[] {
    const contending = new Set(Array.from(this.#waiting.namespaces(), (namespace) => this.#branchOf(namespace)));
    return this.#running.uses(({ namespace }) => contending.has(this.#branchOf(namespace)));
  }

  #branchOf(namespace: string): string {
    return this.#branches.get(namespace) ?? namespace;
  }

  #start(start: Start<QueueEntry>, nowMs: EpochMs): void {
    const job = this.#jobs.get(start.entry.jobId);
    if (job === undefined) throw new Error(`Job ${start.entry.jobId} is started and is none of the load's.`);
    this.#waiting.remove(start.entry);
    this.#running.start(start, nowMs);
    this.#ends.add(nowMs + job.runMs, job);
    this.#observer.started(job, nowMs);
  }
}

function branchesOf({ groups, namespaces }: ShareTree): ReadonlyMap<string, string> {
  const parents = new Map(groups.map(({ name, parent }) => [name, parent]));
  const top = (name: string): string => {
    const parent = parents.get(name);
    return parent === undefined ? name : top(parent);
  };
  return new Map(namespaces.flatMap(({ name, parent }) => (parent === undefined ? [] : [[name, `group ${top(parent)}`] as const])));
}
