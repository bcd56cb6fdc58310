import { jobId, type JobId } from '../../../core/job/ids.ts';
import type { Job } from '../../../core/job/job.ts';
import { enter } from '../../../core/lifecycle/enter.ts';
import { countHolders } from '../../../core/scheduling/recount.ts';
import { amountsOf } from '../../../core/lifecycle/amend.ts';
import type { TaskAnswer } from '../../../core/lifecycle/task.ts';
import { defaultShareTree, type ShareTree } from '../../../core/shares/share-tree.ts';
import { scheduleJobs, type SchedulerPorts } from '../../../lambdas/queue/schedule-jobs/schedule-jobs.ts';
import { aDeployment, ManualClock } from '../../builders/capacity.ts';
import { aJob } from '../../builders/job.ts';
import { aDemand, type JobSketch } from '../../builders/scheduling.ts';
import { InMemoryCooldownStore } from '../../fakes/in-memory-cooldown-store.ts';
import { InMemoryJobStore } from '../../fakes/in-memory-job-store.ts';
import { InMemorySchedulerStore } from '../../fakes/in-memory-scheduler-store.ts';
import { InMemoryTable } from '../../fakes/in-memory-table.ts';
import { flaky, type Gate } from '../../statemachines/flaky.ts';

/** A scheduler over a table in memory; what it tells Step Functions is kept. */
export class SchedulerWorld {
  readonly table = new InMemoryTable();
  readonly clock = new ManualClock();
  readonly jobs = new InMemoryJobStore(this.table);
  readonly store = new InMemorySchedulerStore(this.table);
  readonly cooldowns = new InMemoryCooldownStore(this.table);
  readonly started: string[] = [];
  readonly answers: { readonly token: string; readonly answer: TaskAnswer }[] = [];
  meter: SchedulerPorts['meter'] = { note: () => undefined };
  maxRunningJobs = 1;
  gate: Gate = () => undefined;
  /** What happens while the scheduler waits. */
  meanwhile: () => Promise<void> = async () => undefined;

  ports(gate: Gate = (call, values) => this.gate(call, values)): SchedulerPorts {
    const deployment = aDeployment();
    return {
      store: flaky('store', this.store, gate),
      jobs: flaky('jobs', this.jobs, gate),
      cooldowns: flaky('cooldowns', this.cooldowns, gate),
      executions: flaky('executions', { start: async ({ jobId: id }: { readonly jobId: JobId }) => ({ executionArn: `arn:${this.started.push(id)}` }) }, gate),
      tokens: flaky('tokens', {
        answer: async (token: string, answer: TaskAnswer) => {
          this.answers.push({ token, answer });
          return 'answered' as const;
        },
      }, gate),
      clock: this.clock, leaseMs: 30_000, log: { info: () => undefined }, meter: this.meter,
      deployment: { ...deployment, limits: { ...deployment.limits, maxRunningJobs: this.maxRunningJobs } },
      pause: async (ms) => {
        this.clock.advance(ms);
        await this.meanwhile();
      },
    };
  }

  /** Shares as if somebody had applied them. */
  apply(tree: Partial<ShareTree>): void {
    const version = this.table.shareVersions.length + 1;
    this.table.shareVersions.push({ version, tree: { ...defaultShareTree, ...tree }, document: {}, appliedBy: 'admin', appliedAtMs: this.clock.now() });
  }

  /** A job in the queue, submitted now. */
  async submit(name: string, sketch: JobSketch = {}, fields: Partial<Job> = {}): Promise<JobId> {
    const id = jobId(name);
    const { namespace = 'research', user = 'ada', priority = 500 } = sketch;
    this.clock.advance(1);
    await this.jobs.submit({ job: aJob({ jobId: id, namespace, user, priority, demand: aDemand(sketch), submittedAtMs: this.clock.now(), ...fields }), events: [] });
    return id;
  }

  schedule(owner = 'me', ports = this.ports(), hasTime = () => true) {
    return scheduleJobs(ports, owner, hasTime);
  }

  job(id: JobId): Job {
    const job = this.table.jobs.get(id);
    if (job === undefined) throw new Error(`no job ${id}`);
    return job;
  }

  /** The job has found its machines. */
  async configure(id: JobId): Promise<void> {
    const change = enter(this.job(id), undefined, ['CONFIGURING'], undefined, this.clock.now());
    if (change !== undefined) await this.jobs.commit(change);
  }

  /** The job is over and its machines are gone. */
  async end(id: JobId): Promise<void> {
    const attempt = await this.jobs.attempt(id, this.job(id).attempt);
    const path = ['ACQUIRING_CAPACITY', 'CONFIGURING', 'RUNNING', 'SUCCEEDED', 'POST_RUN', 'DESTROYING', 'DONE'] as const;
    const from = path.findIndex((state) => state === this.job(id).state) + 1;
    const change = enter(this.job(id), attempt, path.slice(from), undefined, this.clock.now());
    if (change !== undefined) await this.jobs.commit(change);
  }

  /** Jobs that hold limits, in the order of their ids. */
  holding(): readonly string[] {
    return [...this.table.jobs.values()].filter(({ hold }) => hold !== undefined).map(({ jobId: id }) => id as string).toSorted();
  }

  /** What the jobs say that the counters should be; ends that were not counted yet are still held. */
  heldByJobs() {
    const jobs = [...this.table.jobs.values()].flatMap(({ hold, demand, ...job }) => (hold === undefined ? [] : [{ ...job, amounts: amountsOf(demand), hold }]));
    return countHolders([...jobs, ...this.table.releases.values()]);
  }
}
