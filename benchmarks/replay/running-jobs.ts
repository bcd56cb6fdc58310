import { epochMs, microUsd, type EpochMs, type JobId } from '../../core/job/ids.ts';
import type { Hold } from '../../core/job/job.ts';
import type { QueueEntry } from '../../core/lifecycle/change.ts';
import type { LeafKey } from '../../core/queue/lane.ts';
import type { Start } from '../../core/scheduling/plan.ts';
import { leafId } from '../../core/scheduling/share-nodes.ts';
import type { Holder, ShareUse, UsageBase } from '../../core/scheduling/snapshot.ts';
import { chargeForRelease, chargeForStart, rebased, usageBase } from '../../core/scheduling/usage.ts';

const MS_PER_HOUR = 3_600_000;
/** Nobody knows when it ends: its hold is never compared with time. */
const UNKNOWN_END = epochMs(Number.MAX_SAFE_INTEGER);

interface Running {
  readonly entry: QueueEntry;
  readonly hold: Hold;
  readonly holder: Holder;
}

/** What runs, and the counters of the leaves as the scheduler's store keeps them. */
export class RunningJobs {
  readonly #halfLifeMs: number;
  readonly #running = new Map<JobId, Running>();
  readonly #uses = new Map<string, ShareUse>();
  #base: UsageBase;
  #units = 0;

  constructor(halfLifeSeconds: number, beganMs: EpochMs) {
    this.#halfLifeMs = halfLifeSeconds * 1000;
    this.#base = usageBase(beganMs, this.#halfLifeMs);
  }

  get units(): number {
    return this.#units;
  }

  /** Counters of the leaves that hold something, and of those that `matters` says so of. */
  uses(matters: (leaf: LeafKey) => boolean): ShareUse[] {
    return [...this.#uses.values()].filter((use) => use.runningJobs > 0 || matters(use));
  }

  holders(): Holder[] {
    return Array.from(this.#running.values(), ({ holder }) => holder);
  }

  /** Moves the counters to the base of this moment, as a cycle does before anything is added to them. */
  goOn(nowMs: EpochMs): void {
    const base = usageBase(nowMs, this.#halfLifeMs);
    if (base.landmarkMs === this.#base.landmarkMs) return;
    this.#base = base;
    for (const use of rebased([...this.#uses.values()], nowMs, base)) this.#uses.set(leafId(use), use);
  }

  start({ entry, quotas }: Start<QueueEntry>, nowMs: EpochMs): void {
    const { jobId, namespace, user, demand, holdSeconds } = entry;
    const endsByMs = holdSeconds === undefined ? undefined : epochMs(nowMs + holdSeconds * 1000);
    const holder = { jobId, namespace, user, amounts: demand, hold: { quotas, ...(endsByMs === undefined ? {} : { endsByMs }) } };
    this.#running.set(jobId, { entry, holder, hold: { sinceMs: nowMs, endsByMs: endsByMs ?? UNKNOWN_END, quotas } });
    this.#count(entry, 1, chargeForStart(demand.microUsdPerHour, nowMs, this.#base));
  }

  /** It ends as it was charged: at the price that it was admitted with. */
  end({ jobId }: QueueEntry, nowMs: EpochMs): void {
    const running = this.#running.get(jobId);
    if (running === undefined) throw new Error(`Job ${jobId} ends and does not run.`);
    this.#running.delete(jobId);
    const { entry, hold } = running;
    const costMicroUsd = microUsd((entry.demand.microUsdPerHour * (nowMs - hold.sinceMs)) / MS_PER_HOUR);
    this.#count(entry, -1, chargeForRelease({ amounts: entry.demand, hold, atMs: nowMs, costMicroUsd }, this.#base));
  }

  #count({ namespace, user, demand }: QueueEntry, sign: 1 | -1, charge: number): void {
    const use = this.#use({ namespace, user });
    this.#units += sign * demand.nodes;
    this.#uses.set(leafId(use), {
      ...use,
      runningJobs: use.runningJobs + sign,
      nodes: use.nodes + sign * demand.nodes,
      vcpus: use.vcpus + sign * demand.vcpus,
      microUsdPerHour: microUsd(use.microUsdPerHour + sign * demand.microUsdPerHour),
      usage: use.usage + charge,
    });
  }

  #use(leaf: LeafKey): ShareUse {
    const { namespace, user } = leaf;
    const none = { namespace, user, runningJobs: 0, nodes: 0, vcpus: 0, gpus: 0, microUsdPerHour: microUsd(0), quotas: {}, usage: 0, ...this.#base };
    return this.#uses.get(leafId(leaf)) ?? none;
  }
}
