import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { microUsd } from '../../core/job/ids.ts';
import type { Job } from '../../core/job/job.ts';
import { enter } from '../../core/lifecycle/enter.ts';
import type { JobState } from '../../core/lifecycle/states.ts';
import { defaultShareTree, type ShareTree } from '../../core/shares/share-tree.ts';
import { OrchestratorTable } from '../../lambdas/adapters/dynamodb/orchestrator-table.ts';
import { scheduleJobs, type SchedulerPorts } from '../../lambdas/queue/schedule-jobs/schedule-jobs.ts';
import { aDeployment, ManualClock, silentLog } from '../../test/builders/capacity.ts';
import { UnitMeter } from '../../test/contract/store/unit-meter.ts';
import { createTable, dynamoClient, dynamoStores, type StoreWorld } from '../../test/contract/store/world.ts';
import { FRONT_JOBS, frontJob, NODES_OF_FRONT_JOB } from './backlog.ts';
import { loadBacklog } from './load-backlog.ts';

/** Jobs that run, and that end and are replaced together. */
export const RUNNING = 20;
/** Jobs were submitted so long ago. */
const WAITED_MS = 12 * 3_600_000;

/** What the scheduler did in one invocation of one cycle, and what that took of the table. */
export interface CycleCost {
  readonly admitted: number;
  readonly released: number;
  readonly calls: number;
  readonly readUnits: number;
  readonly writeUnits: number;
}

/** A table with a queue in it and the scheduler over it, whose calls are counted; what happens around it is not. */
export class MeasuredQueue {
  readonly #clock = new ManualClock();
  readonly #clients: readonly DynamoDBClient[];
  readonly #meter: UnitMeter;
  readonly #scheduler: StoreWorld;
  readonly #unmetered: StoreWorld;
  readonly #table: OrchestratorTable;
  readonly #sinceMs = this.#clock.now();
  #backlog = 0;
  #running: readonly Job[] = [];
  #version = 0;

  private constructor(client: DynamoDBClient, observer: DynamoDBClient, tableName: string) {
    this.#clients = [client, observer];
    this.#meter = new UnitMeter(client, observer);
    this.#scheduler = dynamoStores(client, tableName);
    this.#unmetered = dynamoStores(observer, tableName);
    this.#table = new OrchestratorTable(observer, tableName);
  }

  /** Makes a table, with `RUNNING` jobs running and those in the queue that are to be admitted later. */
  static async create(endpoint: string): Promise<MeasuredQueue> {
    const [client, observer] = [dynamoClient(endpoint), dynamoClient(endpoint)];
    const queue = new MeasuredQueue(client, observer, await createTable(observer));
    for (let n = 0; n < FRONT_JOBS; n += 1) await queue.#submit(frontJob(n, queue.#sinceMs));
    queue.#clock.advance(WAITED_MS);
    await queue.#apply({});
    await queue.#schedule(RUNNING);
    return queue;
  }

  close(): void {
    for (const client of this.#clients) client.destroy();
  }

  /** Puts jobs into the queue, behind those that are there, until so many wait. */
  async fill(pending: number): Promise<void> {
    await loadBacklog(this.#table, { from: this.#backlog, to: pending, sinceMs: this.#sinceMs });
    this.#backlog = pending;
  }

  /** A cycle that finds as many jobs running as may run at all. */
  async full(): Promise<CycleCost> {
    await this.#apply({});
    return this.#schedule(RUNNING);
  }

  /** A cycle that finds room, but not for any of the jobs that wait. */
  async blocked(): Promise<CycleCost> {
    await this.#apply({ limits: { nodes: RUNNING * NODES_OF_FRONT_JOB + 1 } });
    return this.#schedule(2 * RUNNING);
  }

  /** A cycle that counts the ends of `RUNNING` jobs and starts as many. */
  async turnover(): Promise<CycleCost> {
    await this.#apply({});
    for (const job of this.#running) await this.#move(job, ['CONFIGURING'], ['CONFIGURATION_FAILED', 'DESTROYING', 'DONE']);
    this.#running = [];
    const cost = await this.#schedule(RUNNING);
    if (cost.admitted !== RUNNING || cost.released !== RUNNING) throw new Error(`${cost.released} ends were counted and ${cost.admitted} jobs admitted, not ${RUNNING}.`);
    return cost;
  }

  async #submit(job: Job): Promise<void> {
    const { jobId, namespace, submittedAtMs } = job;
    await this.#unmetered.jobs.submit({ job, events: [{ jobId, namespace, number: 1, atMs: submittedAtMs, attempt: 1, type: 'JobSubmitted', message: 'submitted' }] });
  }

  /** With so many launches allowed at once that jobs which found their machines need not be looked up in between. */
  async #apply(fields: Partial<ShareTree>): Promise<void> {
    const tree = { ...defaultShareTree, maxLaunchesInFlight: 10 * RUNNING, ...fields };
    const nowMs = this.#clock.now();
    const audit = { id: String(this.#version), atMs: nowMs, by: 'benchmark', action: 'SharesApplied', target: 'shares', reason: 'to measure' } as const;
    const { version } = await this.#unmetered.shares.apply({ tree, document: {}, appliedBy: 'benchmark', appliedAtMs: nowMs }, this.#version, audit);
    this.#version = version;
  }

  async #move(job: Job, ...paths: readonly (readonly JobState[])[]): Promise<void> {
    const { jobs } = this.#unmetered;
    for (const path of paths) {
      const [now, attempt] = await Promise.all([jobs.get(job.jobId), jobs.attempt(job.jobId, job.attempt)]);
      const change = now && enter(now, attempt && { ...attempt, costMicroUsd: microUsd(1_000_000) }, path, undefined, this.#clock.now());
      if (change === undefined) throw new Error(`Job ${job.jobId} does not go to ${path.join(', ')}.`);
      await jobs.commit(change);
    }
  }

  /** One invocation of the scheduler, as the stream makes it. */
  async #schedule(maxRunningJobs: number): Promise<CycleCost> {
    this.#clock.advance(60_000);
    const started: Job[] = [];
    const from = this.#meter.charges.length;
    const report = await scheduleJobs(this.#ports(maxRunningJobs, started), 'benchmark', () => true);
    const charges = this.#meter.charges.slice(from);
    if (report.cycles !== 1) throw new Error(`The scheduler made ${report.cycles} cycles, not 1.`);
    this.#running = [...this.#running, ...started];
    const { admitted, released } = report;
    const sum = (of: (charge: (typeof charges)[number]) => number): number => charges.reduce((total, charge) => total + of(charge), 0);
    return { admitted, released, calls: charges.length, readUnits: sum(({ readUnits }) => readUnits), writeUnits: sum(({ writeUnits }) => writeUnits) };
  }

  #ports(maxRunningJobs: number, started: Job[]): SchedulerPorts {
    const { scheduler, jobs, cooldowns } = this.#scheduler;
    const deployment = aDeployment();
    return {
      store: scheduler, jobs, cooldowns, clock: this.#clock, log: silentLog, meter: { note: () => undefined }, leaseMs: deployment.intervals.schedulerLease * 1000,
      deployment: { ...deployment, limits: { ...deployment.limits, maxRunningJobs } },
      pause: async () => undefined,
      tokens: { answer: async () => 'answered' },
      executions: {
        start: async ({ jobId, attempt }) => {
          const job = await this.#unmetered.jobs.get(jobId);
          if (job !== undefined) started.push(job);
          return { executionArn: `arn:aws:states:us-east-1:000000000000:execution:lifecycle:${jobId}-${attempt}` };
        },
      },
    };
  }
}
