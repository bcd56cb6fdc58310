import type { EpochMs, JobId } from '../../core/job/ids.ts';
import type { QueueEntry } from '../../core/lifecycle/change.ts';
import type { LaneKey } from '../../core/queue/lane.ts';
import { planCycle } from '../../core/scheduling/plan-cycle.ts';
import type { CyclePlan, Start } from '../../core/scheduling/plan.ts';
import type { SchedulingPolicy } from '../../core/scheduling/policy.ts';
import { mayStart } from '../../core/scheduling/room.ts';
import type { SchedulingSnapshot, ShareUse } from '../../core/scheduling/snapshot.ts';
import type { ShareTree } from '../../core/shares/share-tree.ts';
import { EndQueue } from './end-queue.ts';
import { momentOf, type Load, type LoadJob } from './load.ts';
import { isOneMachine, laneOrders, policyOf, type Contender } from './policies.ts';
import { RunningJobs } from './running-jobs.ts';
import { WaitingJobs } from './waiting-jobs.ts';

/** A plan that still asks for more after so many rounds is taken as it is, as the loop does. */
const MOST_ROUNDS = 8;

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
 * Replays a load under a contender's policy: simulated time, production's planner. What happens at one instant is one cycle's
 * work: first jobs end, then jobs come, then the scheduler looks. Cycles that cannot start anything are left out: those
 * in which nothing waits, or not even the smallest waiting job has room.
 */
export function simulate(load: Load, contender: Contender, observer: Observer): SimulationCost {
  return new Simulation(load, contender, observer).run();
}

class Simulation {
  readonly #load: Load;
  readonly #contender: Contender;
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

  constructor(load: Load, contender: Contender, observer: Observer) {
    this.#load = load;
    this.#contender = contender;
    this.#policy = policyOf(contender, load);
    this.#observer = observer;
    this.#jobs = new Map(load.jobs.map((job) => [job.entry.jobId, job]));
    this.#branches = branchesOf(load.shares);
    this.#waiting = new WaitingJobs(laneOrders[contender.order]);
    this.#running = new RunningJobs(this.#policy.shares.halfLifeSeconds, momentOf(this.#nextArrivalMs()));
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

  /** Cycle after cycle, as long as the loop would go on. */
  #schedule(nowMs: EpochMs): void {
    let goesOn = true;
    while (goesOn && this.#waiting.fewestUnits <= this.#load.capacity - this.#running.units) {
      const { admissions, waiting, wants } = this.#plan(nowMs);
      for (const start of admissions) this.#start(start, nowMs);
      const isCut = admissions.length >= this.#policy.maxStarts || wants.lanes.length > 0 || waiting.some(({ obstacle }) => obstacle.kind === 'cycle');
      goesOn = admissions.length > 0 && isCut;
    }
  }

  /** One cycle. As the loop does, it reads on where the plan wants to know more, and plans again. */
  #plan(nowMs: EpochMs): CyclePlan {
    this.#cycles += 1;
    const lanes = this.#waiting.lanes();
    const policy = policyOf(this.#contender, this.#load, lanes.length);
    const uses = this.#uses(lanes);
    const open = isOneMachine(policy.shares) ? lanes : lanes.filter(mayStart(lanes, uses, [], policy));
    let snapshot: SchedulingSnapshot = { uses, lanes: this.#waiting.windows(open), parked: [], pauses: [], cooldowns: [], launching: 0 };
    for (let round = 1; ; round += 1) {
      const plan = planCycle(snapshot, policy, nowMs);
      const longer = this.#waiting.readOn(snapshot.lanes, plan.wants.lanes);
      const wantsHolders = plan.wants.holders && snapshot.holders === undefined;
      if ((longer === undefined && !wantsHolders) || round === MOST_ROUNDS) return plan;
      snapshot = { ...snapshot, lanes: longer ?? snapshot.lanes, ...(wantsHolders ? { holders: this.#running.holders() } : {}) };
    }
  }

  /** Usage is compared between those who want something: where nothing waits below a child of the root, it is left out. */
  #uses(lanes: readonly LaneKey[]): readonly ShareUse[] {
    const contending = new Set(lanes.map(({ namespace }) => this.#branchOf(namespace)));
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
