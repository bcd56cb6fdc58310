import * as fc from 'fast-check';
import { OrchestratorError } from '../../../core/errors/orchestrator-error.ts';
import type { JobId } from '../../../core/job/ids.ts';
import type { Hold, Job } from '../../../core/job/job.ts';
import { admit, giveTurn, park } from '../../../core/lifecycle/admit.ts';
import type { JobChange } from '../../../core/lifecycle/change.ts';
import { enter } from '../../../core/lifecycle/enter.ts';
import { requestCancel, setPriority } from '../../../core/lifecycle/request.ts';
import { retry, wantsRetry } from '../../../core/lifecycle/retry.ts';
import type { JobState } from '../../../core/lifecycle/states.ts';
import type { Lease } from '../../../core/ports/scheduler-store.ts';
import { aDemand } from '../../builders/scheduling.ts';
import { after, base, grant, idOf, submission } from './submissions.ts';
import type { StoreWorld } from './world.ts';

/** One thing that somebody does. `stale`: decided on what the job was when it was last looked at, not on what it is. */
export type Deed =
  | { readonly kind: 'submit'; readonly namespace: string; readonly user: string; readonly type: string; readonly priority: number; readonly nodes: number }
  | { readonly kind: 'advance' | 'fail' | 'park' | 'cancel'; readonly job: number; readonly stale: boolean }
  | { readonly kind: 'priority'; readonly job: number; readonly priority: number; readonly stale: boolean }
  | { readonly kind: 'admit' | 'turn'; readonly jobs: readonly number[]; readonly stale: boolean; readonly twice: boolean }
  | { readonly kind: 'release'; readonly twice: boolean }
  /** The scheduler dies and another takes over; the lease of the dead one may still be used by `stale` grants. */
  | { readonly kind: 'takeOver' }
  /** Lanes in which nobody waits are forgotten; all lanes are counted anew. */
  | { readonly kind: 'forget' | 'recount'; readonly hours: number; readonly stale: boolean };

const any = {
  job: fc.nat({ max: 9 }),
  flag: fc.boolean(),
  priority: fc.nat({ max: 1_000 }),
  kind: <K extends Deed['kind']>(...names: readonly K[]) => fc.constantFrom(...names),
};

export const deeds: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: any.kind('submit'), namespace: fc.constantFrom('a', 'b'), user: fc.constantFrom('ada', 'bob#', ''), type: fc.constantFrom('m6i.xlarge', 'p5.48xlarge'),
      priority: any.priority, nodes: fc.integer({ min: 1, max: 65 }),
    }),
  },
  { weight: 9, arbitrary: fc.record({ kind: any.kind('advance', 'advance', 'advance', 'fail', 'park', 'cancel'), job: any.job, stale: any.flag }) },
  { weight: 1, arbitrary: fc.record({ kind: any.kind('priority'), job: any.job, priority: any.priority, stale: any.flag }) },
  { weight: 4, arbitrary: fc.record({ kind: any.kind('admit', 'turn'), jobs: fc.array(any.job, { maxLength: 4 }), stale: any.flag, twice: any.flag }) },
  { weight: 2, arbitrary: fc.record({ kind: any.kind('release'), twice: any.flag }) },
  { weight: 1, arbitrary: fc.constant<Deed>({ kind: 'takeOver' }) },
  { weight: 1, arbitrary: fc.record({ kind: any.kind('forget', 'recount'), hours: fc.nat({ max: 3 }), stale: any.flag }) },
);

const onwards: Partial<Record<JobState, readonly JobState[]>> = {
  ACQUIRING_CAPACITY: ['CONFIGURING'],
  CONFIGURING: ['RUNNING'],
  RUNNING: ['SUCCEEDED', 'POST_RUN'],
  POST_RUN: ['DESTROYING'],
  DESTROYING: ['DONE'],
};

const downwards: Partial<Record<JobState, readonly JobState[]>> = {
  ACQUIRING_CAPACITY: ['PROVISIONING_FAILED'],
  CONFIGURING: ['CONFIGURATION_FAILED', 'DESTROYING'],
  RUNNING: ['RUN_FAILED', 'POST_RUN'],
  POST_RUN: ['POST_RUN_FAILED', 'DESTROYING'],
  DESTROYING: ['DESTRUCTION_FAILED'],
};

const HOUR_MS = 3_600_000;

const quotasOf = ({ demand: { vcpus, pools } }: Job): Hold['quotas'] => (pools[0]?.types.includes('p5.48xlarge') === true ? { 'P/on-demand': vcpus } : {});

/** Plays deeds against the stores as handlers, scheduler and tasks would, races and repetitions included. */
export class Traffic {
  readonly ids: JobId[] = [];
  readonly #world: StoreWorld;
  readonly #seen = new Map<JobId, Job>();
  #leases: Lease[] = [];
  #clock = 0;

  constructor(world: StoreWorld) {
    this.#world = world;
  }

  async play(deed: Deed): Promise<void> {
    this.#clock += 1_000;
    try {
      await this.#do(deed);
    } catch (error) {
      // What the law refuses is part of the play; anything else is a fault.
      const refused = error instanceof OrchestratorError && ['VersionConflictError', 'InvalidTransitionError', 'LeaseLostError'].includes(error.name);
      if (!refused) throw error;
    }
  }

  async #do(deed: Deed): Promise<void> {
    switch (deed.kind) {
      case 'submit':
        return this.#submit(deed);
      case 'takeOver':
        return this.#takeOver();
      case 'release':
        return this.#release(deed.twice);
      case 'forget':
        return this.#forget(deed);
      case 'recount':
        return this.#recount(deed);
      case 'admit':
      case 'turn':
        return this.#grant(deed);
      default:
        return this.#commit(deed);
    }
  }

  get #now() {
    return after(this.#clock);
  }

  async #submit({ namespace, user, type, priority, nodes }: Extract<Deed, { kind: 'submit' }>): Promise<void> {
    const demand = aDemand({ nodes, types: [type] });
    const n = this.ids.length;
    await this.#world.jobs.submit(submission(n, { namespace, user, priority, demand, submittedAtMs: this.#now, retry: { maxAttempts: 2, on: ['FAILED', 'NO_CAPACITY'] } }));
    this.ids.push(idOf(n));
  }

  async #takeOver(): Promise<void> {
    this.#clock += 60_000;
    const lease = await this.#world.scheduler.takeLease(`scheduler-${this.#leases.length}`, this.#now, 60_000);
    if (lease !== undefined) this.#leases.push(lease);
  }

  async #lease(isStale: boolean): Promise<Lease> {
    if (this.#leases.length === 0) await this.#takeOver();
    const lease = this.#leases.at(isStale ? -2 : -1) ?? this.#leases.at(-1);
    if (lease === undefined) throw new Error('nobody schedules');
    return lease;
  }

  async #job(index: number, isStale: boolean): Promise<Job | undefined> {
    const id = this.ids[index % Math.max(1, this.ids.length)];
    if (id === undefined) return undefined;
    const seen = this.#seen.get(id);
    if (isStale && seen !== undefined) return seen;
    const job = await this.#world.jobs.get(id);
    if (job !== undefined) this.#seen.set(id, job);
    return job;
  }

  async #grant({ kind, jobs, stale: isStale, twice }: Extract<Deed, { kind: 'admit' | 'turn' }>): Promise<void> {
    const changes: JobChange[] = [];
    for (const index of new Set(jobs.map((job) => job % Math.max(1, this.ids.length)))) {
      const job = await this.#job(index, isStale);
      const parked = job === undefined ? undefined : await this.#world.jobs.parked(job.jobId);
      if (kind === 'admit' && job?.state === 'PENDING') changes.push(admit(job, quotasOf(job), this.#now));
      if (kind === 'turn' && job !== undefined && parked !== undefined && job.hold === undefined) changes.push(giveTurn(job, parked, quotasOf(job), this.#now));
    }
    const lease = await this.#lease(isStale);
    await grant(this.#world, lease, changes);
    if (twice) await grant(this.#world, lease, changes);
  }

  async #release(twice: boolean): Promise<void> {
    const lease = await this.#lease(false);
    const { releases } = await this.#world.scheduler.overview();
    await this.#world.scheduler.applyReleases(lease, releases.slice(0, 3), base);
    if (twice) await this.#world.scheduler.applyReleases(lease, releases.slice(0, 3), base);
  }

  async #forget({ hours, stale: isStale }: Extract<Deed, { kind: 'forget' | 'recount' }>): Promise<void> {
    const lease = await this.#lease(isStale);
    const { lanes } = await this.#world.scheduler.overview();
    this.#clock += hours * HOUR_MS;
    const found = await Promise.all(lanes.map(async (lane) => ({ lane, entries: (await this.#world.scheduler.window(lane, 1)).entries })));
    await this.#world.scheduler.forgetLanes(lease, found.filter(({ entries }) => entries.length === 0).map(({ lane }) => lane), this.#now);
  }

  async #recount({ hours, stale: isStale }: Extract<Deed, { kind: 'forget' | 'recount' }>): Promise<void> {
    const lease = await this.#lease(isStale);
    this.#clock += hours * HOUR_MS;
    const nowMs = this.#now;
    const { lanes } = await this.#world.scheduler.overview();
    const counts = await Promise.all(
      lanes.map(async ({ namespace, user, lane }) => {
        const { entries } = await this.#world.scheduler.window({ namespace, user, lane }, 1_000);
        return { namespace, user, lane, pending: entries.length };
      }),
    );
    await this.#world.scheduler.replacePending(lease, counts, nowMs);
  }

  async #commit(deed: Exclude<Deed, { kind: 'submit' | 'takeOver' | 'release' | 'admit' | 'turn' | 'forget' | 'recount' }>): Promise<void> {
    const job = await this.#job(deed.job, deed.stale);
    if (job === undefined) return;
    const change = await this.#change(deed, job);
    if (change !== undefined && change !== 'already') await this.#world.jobs.commit(change);
  }

  async #change(deed: Deed, job: Job): Promise<JobChange | 'already' | undefined> {
    const attempt = await this.#world.jobs.attempt(job.jobId, job.attempt);
    switch (deed.kind) {
      case 'advance':
        if (wantsRetry(job) && attempt !== undefined && job.state === 'DESTROYING') return retry(job, attempt, this.#now);
        return enter(job, attempt, onwards[job.state] ?? [], { kind: 'phaseDone' }, this.#now);
      case 'fail':
        return enter(job, attempt, downwards[job.state] ?? [], { kind: 'failed' }, this.#now);
      case 'park':
        return job.state === 'ACQUIRING_CAPACITY' ? park(job, `token-${this.#clock}`, this.#now, 'no capacity', this.#now) : undefined;
      case 'cancel':
        return requestCancel(job, 'ada', this.#now);
      case 'priority':
        return setPriority(job, deed.priority, 'ada', this.#now);
      default:
        return undefined;
    }
  }
}
