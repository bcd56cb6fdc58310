import type { EpochMs } from '../../core/job/ids.ts';
import { leafId } from '../../core/scheduling/share-nodes.ts';
import { Entitlements } from './entitlement.ts';
import type { Load, LoadJob } from './load.ts';
import type { Observer } from './simulate.ts';

/** Shares are compared over a day: jobs take hours, and nobody who got his part in the morning is wronged at noon. */
const WINDOW_MS = 24 * 3_600_000;

/**
 * How far what users get is from what they are entitled to.
 *
 * At every moment a user asks for what its running and waiting jobs take together, and is entitled to its part of the
 * machine by weighted max-min over the share tree among those who ask (`Entitlements`). What it got and what it was
 * entitled to are summed up over windows of a day; its error in a window is the distance between the two as a part of
 * the greater: 0 when it got just that, 1 when it got nothing, or was entitled to nothing. The share error is the mean
 * over all users and windows, each weighted with the time in which that user asked for anything: users count alike,
 * however large their jobs are. This is the resource-equality measure of Sabin and Sadayappan ("Unfairness Metrics for
 * Space-Shared Parallel Job Schedulers", JSSPP 2005) with users in the place of jobs and weighted shares in the place
 * of equal ones.
 */
export class ShareError implements Observer {
  readonly #entitlements: Entitlements;
  readonly #leafOf: ReadonlyMap<LoadJob, number>;
  /** By leaf that asks for something: what its jobs take, running ones and all. */
  readonly #asking = new Map<number, { held: number; asked: number }>();
  /** Of the window, by leaf. */
  readonly #got: Float64Array;
  readonly #due: Float64Array;
  readonly #askedMs: Float64Array;
  #nowMs: number;
  #windowEndsMs: number;
  #errorMs = 0;
  #timeMs = 0;

  constructor({ shares, capacity, jobs }: Load) {
    const leaves = new Map(jobs.map(({ entry }) => [leafId(entry), entry]));
    const entitlements = new Entitlements(shares, capacity, [...leaves.values()]);
    this.#entitlements = entitlements;
    this.#leafOf = new Map(jobs.map((job) => [job, entitlements.leafOf(job.entry)]));
    this.#got = new Float64Array(entitlements.size);
    this.#due = new Float64Array(entitlements.size);
    this.#askedMs = new Float64Array(entitlements.size);
    this.#nowMs = jobs[0]?.entry.submittedAtMs ?? 0;
    this.#windowEndsMs = this.#nowMs + WINDOW_MS;
  }

  /** The error when all is over. */
  close(): number {
    this.#closeWindow();
    return this.#timeMs === 0 ? 0 : this.#errorMs / this.#timeMs;
  }

  timeGoesOn(nowMs: EpochMs): void {
    while (this.#windowEndsMs <= nowMs) {
      this.#addUpTo(this.#windowEndsMs);
      this.#closeWindow();
      this.#windowEndsMs += WINDOW_MS;
    }
    this.#addUpTo(nowMs);
  }

  submitted(job: LoadJob): void {
    this.#change(job, 0, 1);
  }

  started(job: LoadJob): void {
    this.#change(job, 1, 0);
  }

  ended(job: LoadJob): void {
    this.#change(job, -1, -1);
  }

  #change(job: LoadJob, held: number, asked: number): void {
    const leaf = this.#leafOf.get(job);
    if (leaf === undefined) throw new Error(`Job ${job.entry.jobId} is none of the load's.`);
    const { nodes } = job.entry.demand;
    const before = this.#asking.get(leaf) ?? { held: 0, asked: 0 };
    const after = { held: before.held + held * nodes, asked: before.asked + asked * nodes };
    if (after.asked > 0) this.#asking.set(leaf, after);
    else this.#asking.delete(leaf);
    if (asked !== 0) this.#entitlements.ask(leaf, asked * nodes);
  }

  #addUpTo(nowMs: number): void {
    const passedMs = nowMs - this.#nowMs;
    if (passedMs <= 0) return;
    this.#nowMs = nowMs;
    const shares = this.#entitlements.shares();
    for (const [leaf, { held }] of this.#asking) {
      this.#got[leaf] = (this.#got[leaf] ?? 0) + held * passedMs;
      this.#due[leaf] = (this.#due[leaf] ?? 0) + (shares[leaf] ?? 0) * passedMs;
      this.#askedMs[leaf] = (this.#askedMs[leaf] ?? 0) + passedMs;
    }
  }

  #closeWindow(): void {
    for (const [leaf, askedMs] of this.#askedMs.entries()) {
      if (askedMs === 0) continue;
      const got = this.#got[leaf] ?? 0;
      const due = this.#due[leaf] ?? 0;
      this.#errorMs += (askedMs * Math.abs(got - due)) / Math.max(got, due, 1);
      this.#timeMs += askedMs;
    }
    this.#got.fill(0);
    this.#due.fill(0);
    this.#askedMs.fill(0);
  }
}
