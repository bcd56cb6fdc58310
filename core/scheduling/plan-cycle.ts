import { epochMs, type EpochMs } from '../job/ids.ts';
import type { Hold } from '../job/job.ts';
import type { ParkedEntry, QueueEntry } from '../lifecycle/change.ts';
import { vectorOf } from './amounts.ts';
import { contestOrders, type ContestOrder } from './contest-order.ts';
import { Contest } from './contest.ts';
import { Eligibility } from './eligibility.ts';
import type { Candidate } from './leaf-queue.ts';
import type { Ask } from './limits.ts';
import { namedObstacle } from './named-obstacle.ts';
import { layOutCycle, type CycleLayout } from './cycle-layout.ts';
import type { CyclePlan, Obstacle, Start, Waiting } from './plan.ts';
import type { SchedulingPolicy } from './policy.ts';
import { Reservations } from './reservations.ts';
import { shortShapes } from './short-shapes.ts';
import type { SchedulingSnapshot } from './snapshot.ts';
import { usageBase, usageBetween } from './usage.ts';

/**
 * Decides which waiting jobs start now.
 *
 * Jobs are taken one by one in the contest's order. One that may not be tried now (paused, cooling) waits. One for
 * which there is no room waits too, and limits are reserved for it; those after it may pass as long as they do not
 * delay it. The plan is a function of its input alone: time is an argument, the order of the input's lists does not
 * matter, and of two jobs that are alike in all else the id decides.
 */
export function planCycle(snapshot: SchedulingSnapshot, policy: SchedulingPolicy, nowMs: EpochMs): CyclePlan {
  return new Cycle(snapshot, policy, nowMs).run();
}

/** So many times further does a cycle look that has started nothing. */
const PATIENCE = 2;

/** The work of one cycle: what changes while jobs are chosen. */
class Cycle {
  readonly #snapshot: SchedulingSnapshot;
  readonly #policy: SchedulingPolicy;
  readonly #nowMs: EpochMs;
  readonly #eligibility: Eligibility;
  readonly #layout: CycleLayout;
  readonly #order: ContestOrder;
  /** Made when somebody may start. */
  #contest: Contest | undefined;
  readonly #reservations: Reservations;
  /** What an hour's microUSD of a job that starts now adds to usage. */
  readonly #usagePerRate: number;
  readonly #admissions: Start<QueueEntry>[] = [];
  readonly #turns: Start<ParkedEntry>[] = [];
  readonly #waiting: Waiting[] = [];
  /** What stands in the way of all jobs under a node. */
  readonly #closed = new Map<number, Obstacle>();
  #looks = 0;

  constructor(snapshot: SchedulingSnapshot, policy: SchedulingPolicy, nowMs: EpochMs) {
    const order = contestOrders[policy.order];
    const base = usageBase(nowMs, policy.shares.halfLifeSeconds * 1000);
    const aheadMs = epochMs(nowMs + policy.chargeAheadMs);
    this.#snapshot = snapshot;
    this.#policy = policy;
    this.#nowMs = nowMs;
    this.#eligibility = new Eligibility(snapshot, policy, nowMs);
    this.#layout = layOutCycle(snapshot, policy, {
      compare: order.compare,
      isEligible: (entry) => this.#eligibility.obstacle(entry) === undefined,
      wantsTurn: (entry) => this.#eligibility.wantsTurn(entry),
      nowMs, aheadMs, base,
    });
    this.#order = order;
    this.#reservations = new Reservations(this.#layout, snapshot.holders, policy.backfill, nowMs);
    this.#usagePerRate = usageBetween(1, nowMs, aheadMs, base);
  }

  run(): CyclePlan {
    if (this.#layout.limits.tree.isFull(0)) this.#closed.set(0, { kind: 'cycle' });
    for (let leaf = this.#next(); leaf !== undefined; leaf = this.#next()) this.#consider(leaf);
    this.#explainTheRest();
    const lanes = [...this.#layout.queues].flatMap(([leaf, queue]) => (this.#mayGoOn(leaf) ? queue.usedUp() : []));
    return {
      admissions: this.#admissions,
      turns: this.#turns,
      waiting: this.#waiting,
      ...this.#short(),
      wants: { lanes, holders: this.#reservations.wantsHolders },
    };
  }

  /** As the cycle leaves them: beside those that start. */
  #short(): Pick<CyclePlan, 'held' | 'crowded'> {
    if (this.#snapshot.cooldowns.length === 0) return { held: [], crowded: [] };
    const started = [...this.#admissions, ...this.#turns];
    const dead = [...(this.#snapshot.deadSeekers ?? []), ...started.filter(({ entry }) => this.#eligibility.isShort(entry))];
    return shortShapes(this.#snapshot.lanes, this.#layout, { isShort: (entry) => this.#eligibility.isShort(entry), started: new Set(started.map(({ entry }) => entry.jobId)), dead });
  }

  /** The leaf whose job is next; none when the cycle is over. */
  #next(): number | undefined {
    const started = this.#admissions.length + this.#turns.length;
    const inFlight = this.#snapshot.launching + started;
    const limit = this.#policy.shares.maxLaunchesInFlight;
    if (inFlight >= limit) this.#closed.set(0, { kind: 'launches', inFlight, limit });
    else if (started >= this.#policy.maxStarts || this.#looks >= this.#mostLooks(started)) this.#closed.set(0, { kind: 'cycle' });
    if (this.#closed.has(0)) return undefined;
    this.#contest ??= new Contest(this.#layout, this.#order, this.#nowMs);
    return this.#contest.best();
  }

  /** Before a cycle comes to nothing it looks further: the next one would look at the same jobs. */
  #mostLooks(started: number): number {
    return this.#policy.lookahead.inAll * (started === 0 ? PATIENCE : 1);
  }

  #consider(leaf: number): void {
    const queue = this.#layout.queues.get(leaf);
    const candidate = queue?.candidate;
    if (queue === undefined || candidate === undefined) return;
    const { entry } = candidate;
    const untried = this.#eligibility.obstacle(entry);
    const obstacle = untried ?? this.#tryToStart(leaf, candidate);
    if (obstacle === undefined) {
      queue.take();
    } else {
      if (untried === undefined) this.#looks += 1;
      this.#waiting.push(this.#waits(entry, obstacle));
      queue.block(untried === undefined);
    }
    this.#contest?.update(leaf);
  }

  #waits({ jobId, namespace, user, lane, shape }: QueueEntry, obstacle: Obstacle): Waiting {
    const reservedFromMs = this.#reservations.reservedFrom(jobId);
    return { jobId, namespace, user, lane, shape, obstacle, ...(reservedFromMs === undefined ? {} : { reservedFromMs }) };
  }

  /** Answers what is in its way, or starts it. */
  #tryToStart(leaf: number, candidate: Candidate): Obstacle | undefined {
    const { entry } = candidate;
    const ask = this.#askOf(leaf, entry);
    const verdict = this.#layout.limits.verdict(ask);
    if (verdict.kind !== 'fits') {
      const obstacle = namedObstacle(this.#layout, ask, verdict);
      if (this.#reservations.isFirstAt(verdict) && !this.#layout.limits.isHopeless(ask)) this.#reservations.add(ask, verdict);
      if (verdict.kind === 'tree') this.#closeIfFull(verdict.obstacle.node, obstacle);
      return obstacle;
    }
    const delayed = this.#reservations.delayedBy(ask, verdict.quotas);
    if (delayed !== undefined) return delayed;
    this.#start(ask, candidate, verdict.quotas);
    return undefined;
  }

  #askOf(leaf: number, { jobId, demand, holdSeconds }: QueueEntry): Ask {
    const bound = holdSeconds === undefined ? {} : { endsByMs: this.#nowMs + holdSeconds * 1000 };
    return { jobId, leaf, vector: vectorOf(demand), pools: demand.pools, ...bound };
  }

  #start(ask: Ask, candidate: Candidate, quotas: Hold['quotas']): void {
    this.#layout.limits.charge(ask, quotas, 1);
    this.#reservations.started(ask, quotas);
    this.#eligibility.started(candidate.entry);
    this.#layout.use(ask.leaf, candidate.entry.demand.microUsdPerHour * this.#usagePerRate);
    if (candidate.kind === 'queued') this.#admissions.push({ entry: candidate.entry, quotas });
    else this.#turns.push({ entry: candidate.entry, quotas });
  }

  /** Where not even the smallest job fits, nobody below has to be asked. */
  #closeIfFull(node: number, obstacle: Obstacle): void {
    if (this.#layout.limits.tree.isFull(node)) {
      this.#closed.set(node, obstacle);
      this.#contest?.close(node);
    }
  }

  #ownObstacle(leaf: number, entry: QueueEntry): Obstacle | undefined {
    const ask = this.#askOf(leaf, entry);
    const verdict = this.#layout.limits.verdict(ask);
    return verdict.kind === 'fits' ? undefined : namedObstacle(this.#layout, ask, verdict);
  }

  /** Whether another job of the leaf could start in this cycle. */
  #mayGoOn(leaf: number): boolean {
    if (this.#closing(leaf) !== undefined) return false;
    for (let node = leaf; node >= 0; node = this.#layout.parents[node] ?? -1) if (this.#layout.limits.tree.isFull(node)) return false;
    return true;
  }

  #closing(leaf: number): Obstacle | undefined {
    for (let node = leaf; node >= 0; node = this.#layout.parents[node] ?? -1) {
      const obstacle = this.#closed.get(node);
      if (obstacle !== undefined) return obstacle;
    }
    return undefined;
  }

  /** Of each leaf that was not looked at to its end, why its next job waits. */
  #explainTheRest(): void {
    for (const [leaf, queue] of this.#layout.queues) {
      const { head } = queue;
      const closing = this.#closing(leaf);
      if (head === undefined || closing === undefined) continue;
      this.#waiting.push(this.#waits(head, this.#eligibility.obstacle(head) ?? this.#ownObstacle(leaf, head) ?? closing));
    }
  }
}
