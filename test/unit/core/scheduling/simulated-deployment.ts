import { epochMs, microUsd } from '../../../../core/job/ids.ts';
import type { EpochMs, JobId } from '../../../../core/job/ids.ts';
import type { Hold } from '../../../../core/job/job.ts';
import type { QueueEntry } from '../../../../core/lifecycle/change.ts';
import { planCycle } from '../../../../core/scheduling/plan-cycle.ts';
import type { CyclePlan } from '../../../../core/scheduling/plan.ts';
import type { SchedulingPolicy } from '../../../../core/scheduling/policy.ts';
import type { Holder, ShareUse } from '../../../../core/scheduling/snapshot.ts';
import { chargeForRelease, chargeForStart, usageAt, usageBase } from '../../../../core/scheduling/usage.ts';
import { amountsOf, aSnapshot, aUse, laneId, NOW, usesOf, windowsOf } from '../../../builders/scheduling.ts';

/** A job and what becomes of it. */
export interface SimulatedJob {
  readonly entry: QueueEntry;
  /** How long it really runs: within its bound, where it has one. */
  readonly lastsMs: number;
  startedMs?: EpochMs;
  endedMs?: EpochMs;
  hold?: Hold;
}

/** A deployment whose time stands still between cycles: jobs come, cycles start them, and they end when their time is over. */
export class SimulatedDeployment {
  nowMs: EpochMs = NOW;
  readonly jobs = new Map<JobId, SimulatedJob>();
  readonly policy: SchedulingPolicy;
  readonly #window: number;
  readonly #usage = new Map<string, number>();

  /** @param window how many jobs of a lane are read at first */
  constructor(policy: SchedulingPolicy, window = Number.POSITIVE_INFINITY) {
    this.policy = policy;
    this.#window = window;
  }

  submit(entry: QueueEntry, lastsMs: number): SimulatedJob {
    const job: SimulatedJob = { entry, lastsMs };
    this.jobs.set(entry.jobId, job);
    return job;
  }

  get waiting(): SimulatedJob[] {
    return [...this.jobs.values()].filter(({ startedMs }) => startedMs === undefined);
  }

  get running(): SimulatedJob[] {
    return [...this.jobs.values()].filter(({ startedMs, endedMs }) => startedMs !== undefined && endedMs === undefined);
  }

  /** Moves on to `toMs`; jobs whose time is over by then have given back their limits. */
  moveTo(toMs: EpochMs): void {
    this.nowMs = toMs;
    for (const job of this.running) if (endOf(job) <= toMs) this.#end(job);
  }

  /** When the next running job ends; `undefined` if none runs. */
  get nextEndMs(): EpochMs | undefined {
    const ends = this.running.map(endOf);
    return ends.length === 0 ? undefined : epochMs(Math.min(...ends));
  }

  /** Plans until the plan has all that it wants, as the loop does, and starts what it says. */
  cycle(): CyclePlan {
    const read = new Map<string, number>();
    let withHolders = false;
    for (;;) {
      const plan = planCycle(this.#snapshot(read, withHolders), this.policy, this.nowMs);
      const { lanes, holders } = plan.wants;
      if (lanes.length === 0 && !holders) return this.#apply(plan);
      for (const lane of lanes) read.set(laneId(lane), (read.get(laneId(lane)) ?? this.#window) * 4);
      withHolders ||= holders;
    }
  }

  /** What a cycle would decide that has read everything. Nothing starts. */
  look(): CyclePlan {
    const all = new Map([...this.waiting].map(({ entry }) => [laneId(entry), Number.POSITIVE_INFINITY]));
    return planCycle(this.#snapshot(all, true), this.policy, this.nowMs);
  }

  /** Cycles at each end until nothing runs. */
  drain(): void {
    for (this.cycle(); this.nextEndMs !== undefined; this.cycle()) this.moveTo(this.nextEndMs);
  }

  /** The usage of a user up to now. */
  usageOf(namespace: string, user: string): number {
    const use = this.#uses().find((candidate) => candidate.namespace === namespace && candidate.user === user);
    return use === undefined ? 0 : usageAt(use, this.nowMs, this.#base());
  }

  #base(): ReturnType<typeof usageBase> {
    return usageBase(NOW, this.policy.shares.halfLifeSeconds * 1000);
  }

  #holders(): Holder[] {
    return this.running.flatMap(({ entry: { jobId, namespace, user, demand, holdSeconds }, hold }) => {
      if (hold === undefined) return [];
      const { endsByMs, quotas } = hold;
      return [{ jobId, namespace, user, amounts: amountsOf(demand), hold: holdSeconds === undefined ? { quotas } : { quotas, endsByMs } }];
    });
  }

  #uses(): ShareUse[] {
    const held = new Map(usesOf(this.#holders(), this.policy.shares).map((use) => [leafOf(use), use]));
    const idle = [...this.#usage.keys()].filter((leaf) => !held.has(leaf)).map((leaf) => {
      const [namespace = '', user = ''] = leaf.split('/');
      return aUse({ namespace, user }, this.policy.shares);
    });
    return [...held.values(), ...idle].map((use) => ({ ...use, ...this.#base(), usage: this.#usage.get(leafOf(use)) ?? 0 }));
  }

  #snapshot(read: ReadonlyMap<string, number>, withHolders: boolean): ReturnType<typeof aSnapshot> {
    const lanes = Map.groupBy(this.waiting.map(({ entry }) => entry), laneId);
    return {
      ...aSnapshot({ uses: this.#uses(), ...(withHolders ? { holders: this.#holders() } : {}) }),
      lanes: [...lanes].flatMap(([id, entries]) => windowsOf(entries, read.get(id) ?? this.#window, this.policy.order)),
    };
  }

  #apply(plan: CyclePlan): CyclePlan {
    for (const { entry, quotas } of plan.admissions) {
      const job = this.jobs.get(entry.jobId);
      if (job === undefined || job.startedMs !== undefined) throw new Error(`${entry.jobId} does not wait`);
      const boundMs = entry.holdSeconds === undefined ? job.lastsMs : entry.holdSeconds * 1000;
      job.startedMs = this.nowMs;
      job.hold = { sinceMs: this.nowMs, endsByMs: epochMs(this.nowMs + boundMs), quotas };
      this.#charge(entry, chargeForStart(entry.demand.microUsdPerHour, this.nowMs, this.#base()));
    }
    return plan;
  }

  #end(job: SimulatedJob): void {
    const { entry, hold } = job;
    if (hold === undefined) return;
    const atMs = endOf(job);
    job.endedMs = atMs;
    const costMicroUsd = microUsd((entry.demand.microUsdPerHour * job.lastsMs) / 3_600_000);
    this.#charge(entry, chargeForRelease({ amounts: amountsOf(entry.demand), hold, atMs, costMicroUsd }, this.#base()));
  }

  #charge(entry: QueueEntry, amount: number): void {
    this.#usage.set(leafOf(entry), (this.#usage.get(leafOf(entry)) ?? 0) + amount);
  }
}

const leafOf = ({ namespace, user }: Pick<QueueEntry, 'namespace' | 'user'>): string => `${namespace}/${user}`;
const endOf = ({ startedMs, lastsMs }: SimulatedJob): EpochMs => epochMs((startedMs ?? Number.POSITIVE_INFINITY) + lastsMs);
