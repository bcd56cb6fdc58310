import type { GangJob, Launcher } from './launcher.ts';
import type { SimulatedCloud } from './simulated-cloud.ts';

/** When jobs come, and how long each holds its gang. */
export interface Arrivals {
  readonly everyMs: number;
  readonly holdMs: number;
}

/** What came of a job. */
export interface Fate {
  readonly arrivedAtMs: number;
  /** From arrival to the whole gang; of a job that was not served, until the trace ended. */
  readonly waitedMs: number;
  readonly served: boolean;
  /** Zones that the gang stood in; 0: not served. */
  readonly zones: number;
}

interface Waiting {
  readonly job: GangJob;
  dueMs: number;
}

/**
 * Plays a launcher over the trace of its cloud: a job comes at the trace's beginning and then at fixed intervals, each
 * holds its gang for as long. What happens at one instant happens in this order: gangs end, a job comes, turns are taken.
 *
 * @returns the fate of each job, by arrival
 */
export async function replayTrace(cloud: SimulatedCloud, launcher: Launcher, arrivals: Arrivals): Promise<readonly Fate[]> {
  return new Replay(cloud, launcher, arrivals).run();
}

class Replay {
  readonly #cloud: SimulatedCloud;
  readonly #launcher: Launcher;
  readonly #arrivals: Arrivals;
  readonly #startMs: number;
  readonly #endMs: number;
  readonly #fates: Fate[] = [];
  /** By when they end, which is the order in which they began. */
  readonly #running: { readonly job: GangJob; readonly endsAtMs: number }[] = [];
  #waiting: Waiting[] = [];
  #arrived = 0;

  constructor(cloud: SimulatedCloud, launcher: Launcher, arrivals: Arrivals) {
    this.#cloud = cloud;
    this.#launcher = launcher;
    this.#arrivals = arrivals;
    this.#startMs = cloud.now();
    this.#endMs = cloud.trace.endMs;
  }

  async run(): Promise<readonly Fate[]> {
    for (let nowMs = this.#nextMs(); nowMs < this.#endMs; nowMs = this.#nextMs()) {
      this.#cloud.goOnTo(nowMs);
      await this.#endGangs(nowMs);
      this.#arrive(nowMs);
      await this.#takeTurns(nowMs);
    }
    for (const { job } of this.#waiting) this.#fates[job.number - 1] = { arrivedAtMs: job.arrivedAtMs, waitedMs: this.#endMs - job.arrivedAtMs, served: false, zones: 0 };
    return this.#fates;
  }

  get #nextArrivalMs(): number {
    const atMs = this.#startMs + this.#arrived * this.#arrivals.everyMs;
    return atMs < this.#endMs ? atMs : Infinity;
  }

  #nextMs(): number {
    const dueMs = this.#waiting.reduce((first, { dueMs: due }) => Math.min(first, due), Infinity);
    const goesOn = this.#waiting.length > 0 || this.#nextArrivalMs < Infinity;
    return goesOn ? Math.min(this.#nextArrivalMs, this.#running[0]?.endsAtMs ?? Infinity, this.#launcher.cycleFrom(Math.max(dueMs, this.#cloud.now() + 1))) : Infinity;
  }

  async #endGangs(nowMs: number): Promise<void> {
    for (let first = this.#running[0]; first !== undefined && first.endsAtMs <= nowMs; first = this.#running[0]) {
      this.#running.shift();
      await this.#launcher.end(first.job);
    }
  }

  #arrive(nowMs: number): void {
    if (this.#nextArrivalMs > nowMs) return;
    this.#arrived += 1;
    this.#waiting.push({ job: { number: this.#arrived, arrivedAtMs: nowMs }, dueMs: nowMs });
  }

  /** The end of an acquisition that succeeded brings another cycle. */
  async #takeTurns(nowMs: number): Promise<void> {
    for (let acquired = true; acquired; ) {
      const due = this.#waiting.filter(({ dueMs }) => dueMs <= nowMs);
      const turns = due.length === 0 ? [] : await this.#launcher.turns(due.map(({ job }) => job));
      acquired = false;
      for (const [index, waiting] of due.entries()) {
        const turn = turns[index];
        if (turn?.kind === 'waits') waiting.dueMs = turn.untilMs;
        else if (turn !== undefined) acquired = this.#begin(waiting.job, turn.machines.size, nowMs);
      }
      this.#waiting = this.#waiting.filter(({ job }) => this.#fates[job.number - 1] === undefined);
    }
  }

  #begin(job: GangJob, zones: number, nowMs: number): true {
    this.#fates[job.number - 1] = { arrivedAtMs: job.arrivedAtMs, waitedMs: nowMs - job.arrivedAtMs, served: true, zones };
    this.#running.push({ job, endsAtMs: nowMs + this.#arrivals.holdMs });
    return true;
  }
}
