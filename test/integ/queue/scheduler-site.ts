import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect } from '@jest/globals';
import { epochMs, jobId, type EpochMs, type JobId } from '../../../core/job/ids.ts';
import type { Job } from '../../../core/job/job.ts';
import { park } from '../../../core/lifecycle/admit.ts';
import { amountsOf } from '../../../core/lifecycle/amend.ts';
import { enter } from '../../../core/lifecycle/enter.ts';
import { countHolders, holdDrifts } from '../../../core/scheduling/recount.ts';
import { defaultShareTree, type ShareTree } from '../../../core/shares/share-tree.ts';
import { jobTrace } from '../../../core/trace/job-trace.ts';
import type { Trace } from '../../../core/trace/span.ts';
import { scheduleJobs, type SchedulerReport } from '../../../lambdas/queue/schedule-jobs/schedule-jobs.ts';
import { aDeployment, ManualClock } from '../../builders/capacity.ts';
import { aJob } from '../../builders/job.ts';
import { aDemand, type JobSketch } from '../../builders/scheduling.ts';
import { createTable, dynamoStores, type StoreWorld } from '../../contract/store/world.ts';

const LIMITS = { runningJobs: 4, nodes: 9 };
const NAMESPACE = 'research';
const tree = { ...defaultShareTree, limits: LIMITS, maxLaunchesInFlight: 3 };

/** A scheduler's process: what it reaches the table by, when it thinks it is, and whether it lives. */
export interface SchedulerProcess {
  readonly client: DynamoDBClient;
  readonly aheadMs?: number;
  readonly isDead?: () => boolean;
}

/** Jobs in a table on MiniStack, and schedulers that work on it. */
export class SchedulerSite {
  readonly clock = new ManualClock();
  readonly started: string[] = [];
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #stores: StoreWorld;

  private constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
    this.#stores = dynamoStores(client, table);
  }

  /** An empty table with limits on all jobs together, and others beside them if that is said. */
  static async open(client: DynamoDBClient, more: Partial<ShareTree> = {}): Promise<SchedulerSite> {
    const site = new SchedulerSite(client, await createTable(client));
    const atMs = site.clock.now();
    const audit = { id: 'audit-1', atMs, by: 'admin', action: 'SharesApplied', target: 'shares/1', reason: 'for the test' } as const;
    await site.#stores.shares.apply({ tree: { ...tree, ...more }, document: {}, appliedBy: 'admin', appliedAtMs: atMs }, 0, audit);
    return site;
  }

  /** Of three jobs one has ended, one is parked and due, and one has its machines; six more wait, in three lanes. */
  static async busy(client: DynamoDBClient): Promise<SchedulerSite> {
    const site = await SchedulerSite.open(client);
    const [over, short, has] = [await site.submit('a'), await site.submit('b', { user: 'bob' }), await site.submit('c', { user: 'bob' })];
    await site.schedule();
    const nowMs = site.clock.now();
    await site.#stores.jobs.commit(park(await site.job(short), 'token-b', epochMs(nowMs + 1000), 'nothing', nowMs));
    await site.end(over);
    await site.move(has, ['CONFIGURING']);
    for (const name of ['d', 'e', 'f']) await site.submit(name, { nodes: 2 });
    for (const name of ['g', 'h', 'i']) await site.submit(name, { user: 'bob', types: ['g5.xlarge'] });
    site.clock.advance(2000);
    return site;
  }

  async submit(name: string, sketch: JobSketch = {}): Promise<JobId> {
    const { user = 'ada', priority = 500 } = sketch;
    this.clock.advance(1);
    const job = aJob({ jobId: jobId(name), namespace: NAMESPACE, user, priority, demand: aDemand(sketch), submittedAtMs: this.clock.now() });
    await this.#stores.jobs.submit({ job, events: [] });
    return job.jobId;
  }

  /** One invocation of a scheduler; one that waits for launches in vain ends after a while. */
  schedule({ client, aheadMs = 0, isDead = () => false }: SchedulerProcess = { client: this.#client }, owner = 'scheduler'): Promise<SchedulerReport> {
    const { scheduler: store, jobs, cooldowns } = dynamoStores(client, this.#table);
    const alive = <T>(answer: T): T => {
      if (isDead()) throw new Error('the process is dead');
      return answer;
    };
    let looks = 0;
    const deployment = aDeployment();
    return scheduleJobs({
      store, jobs, cooldowns, deployment, leaseMs: 30_000, log: { info: () => undefined }, meter: { note: () => undefined },
      clock: { now: (): EpochMs => epochMs(this.clock.now() + aheadMs) },
      executions: { start: async (start) => ({ executionArn: alive(`arn:${this.started.push(`${start.jobId}/${start.attempt}`)}`) }) },
      tokens: { answer: async () => alive('answered') },
      pause: async (ms) => this.clock.advance(ms),
    }, owner, () => (looks += 1) < 12);
  }

  async job(id: JobId): Promise<Job> {
    const job = await this.#stores.jobs.get(id);
    if (job === undefined) throw new Error(`no job ${id}`);
    return job;
  }

  /** Nobody starts, or somebody may again. */
  async pause(isPaused: boolean): Promise<void> {
    const [atMs, scope, reason] = [this.clock.now(), { kind: 'queue' }, 'for the test'] as const;
    const audit = { id: `audit-${atMs}`, atMs, by: 'ops', target: 'queue', reason };
    if (isPaused) await this.#stores.pauses.pause({ scope, by: 'ops', reason, atMs }, { ...audit, action: 'Paused' });
    else await this.#stores.pauses.resume(scope, { ...audit, action: 'Resumed' });
  }

  async trace(id: JobId): Promise<Trace> {
    const { items } = await this.#stores.jobs.events(id, 100);
    return jobTrace({ ...(await this.job(id)), attempts: [] }, items);
  }

  async move(id: JobId, path: Parameters<typeof enter>[2]): Promise<void> {
    const job = await this.job(id);
    const change = enter(job, await this.#stores.jobs.attempt(id, job.attempt), path, undefined, this.clock.now());
    if (change !== undefined) await this.#stores.jobs.commit(change);
  }

  /** The job is over and its machines are gone. */
  async end(id: JobId): Promise<void> {
    const path = ['ACQUIRING_CAPACITY', 'CONFIGURING', 'RUNNING', 'SUCCEEDED', 'POST_RUN', 'DESTROYING', 'DONE'] as const;
    const { state } = await this.job(id);
    await this.move(id, path.slice(path.findIndex((each) => each === state) + 1));
  }

  async allJobs(): Promise<readonly Job[]> {
    const { items } = await this.#stores.jobs.list({ namespace: NAMESPACE }, 100);
    return Promise.all(items.map(({ jobId: id }) => this.job(id)));
  }

  /** Jobs come to their ends until all are over. */
  async live(): Promise<void> {
    for (let round = 0; round < 20; round += 1) {
      this.clock.advance(40_000);
      await this.schedule();
      await this.expectLaws();
      const jobs = await this.allJobs();
      if (jobs.every(({ state }) => state === 'DONE')) return;
      await Promise.all(jobs.flatMap(({ jobId: id, hold }) => (hold === undefined ? [] : [this.end(id)])));
    }
  }

  /** What holds at any moment, whoever died where. */
  async expectLaws(): Promise<void> {
    const [jobs, { uses, releases, lanes, parked }] = await Promise.all([this.allJobs(), this.#stores.scheduler.overview()]);
    const holders = [...jobs.flatMap(({ hold, demand, ...job }) => (hold === undefined ? [] : [{ ...job, amounts: amountsOf(demand), hold }])), ...releases];
    expect(holdDrifts(uses, countHolders(holders))).toEqual([]);
    expect(uses.reduce((sum, use) => sum + use.runningJobs, 0)).toBeLessThanOrEqual(LIMITS.runningJobs);
    expect(uses.reduce((sum, use) => sum + use.nodes, 0)).toBeLessThanOrEqual(LIMITS.nodes);
    const windows = await Promise.all(lanes.map((lane) => this.#stores.scheduler.window(lane, 100)));
    const tooLow = lanes.filter(({ pending }, i) => pending < (windows[i]?.entries.length ?? 0));
    expect(tooLow).toEqual([]);
    const queued = windows.flatMap(({ entries }) => entries);
    const ids = (of: readonly { readonly jobId: JobId }[]): readonly string[] => of.map((each) => each.jobId as string).toSorted();
    expect(ids(queued)).toEqual(ids(jobs.filter(({ state }) => state === 'PENDING')));
    const looking = jobs.filter(({ state, hold }) => state === 'ACQUIRING_CAPACITY' && hold === undefined);
    expect(ids(parked.filter(({ hold }) => hold === undefined))).toEqual(ids(looking));
    expect(await Promise.all(jobs.map((job) => this.#admissionsOf(job)))).toEqual(jobs.map(({ state }) => (state === 'PENDING' ? 0 : 1)));
  }

  async #admissionsOf({ jobId: id }: Job): Promise<number> {
    const { items } = await this.#stores.jobs.events(id, 100);
    return items.filter(({ to }) => to === 'ACQUIRING_CAPACITY').length;
  }
}
