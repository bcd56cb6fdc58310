import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { canonicalJson } from '../../core/manifest/canonical.ts';
import { manifestDigest } from '../../core/manifest/digest.ts';
import { parseManifest } from '../../core/manifest/parse.ts';
import { newJob } from '../../core/job/new-job.ts';
import { digest as asDigest, jobId, microUsd, type JobId } from '../../core/job/ids.ts';
import type { Job, JobEvent } from '../../core/job/job.ts';
import { isTerminal } from '../../core/lifecycle/states.ts';
import { changeJob } from '../../core/job/change-job.ts';
import { requestCancel, requestRelease } from '../../core/lifecycle/request.ts';
import type { Executions, ExecutionStart, TaskTokens } from '../../core/ports/executions.ts';
import type { TaskAnswer, TaskInput } from '../../core/lifecycle/task.ts';
import { acquireCapacity } from '../../lambdas/lifecycle/acquire-capacity/acquire-capacity.ts';
import { stopAnswer } from '../../lambdas/lifecycle/answer-wait.ts';
import { awaitNodes } from '../../lambdas/lifecycle/await-nodes/await-nodes.ts';
import { destroyNodes } from '../../lambdas/lifecycle/destroy-nodes/destroy-nodes.ts';
import { finishJob } from '../../lambdas/lifecycle/finish-job/finish-job.ts';
import { onCommandFinished } from '../../lambdas/lifecycle/on-command-finished/on-command-finished.ts';
import { parkJob } from '../../lambdas/lifecycle/park-job/park-job.ts';
import { reconcile } from '../../lambdas/lifecycle/reconcile/reconcile.ts';
import { runStep, type StepInput } from '../../lambdas/lifecycle/run-step/run-step.ts';
import { scheduleJobs } from '../../lambdas/queue/schedule-jobs/schedule-jobs.ts';
import { aDeployment, ManualClock, someFacts, ZONES } from '../builders/capacity.ts';
import { InMemoryAttemptStore } from '../fakes/in-memory-attempt-store.ts';
import { InMemoryCapacityProvider } from '../fakes/in-memory-capacity-provider.ts';
import { InMemoryCooldownStore } from '../fakes/in-memory-cooldown-store.ts';
import { InMemoryDeadlineStore } from '../fakes/in-memory-deadline-store.ts';
import { InMemoryInstanceCatalogue } from '../fakes/in-memory-instance-catalogue.ts';
import { InMemoryJobStore } from '../fakes/in-memory-job-store.ts';
import { InMemoryManifestStore } from '../fakes/in-memory-manifest-store.ts';
import { InMemoryNodeCommands } from '../fakes/in-memory-node-commands.ts';
import { InMemorySchedulerStore } from '../fakes/in-memory-scheduler-store.ts';
import { InMemoryTable } from '../fakes/in-memory-table.ts';
import { flaky, type Gate } from './flaky.ts';
import { execute, type Machine, type MachineWorld } from './machine-interpreter.ts';

export const machine: Machine = JSON.parse(readFileSync(new URL('../../statemachines/job-lifecycle.asl.json', import.meta.url), 'utf8'));

/** Answers of tokens by token; the first wins. */
class TokenDesk implements TaskTokens {
  readonly #open = new Map<string, (answer: TaskAnswer) => void>();
  #count = 0;

  issue(): { readonly token: string; readonly answer: Promise<unknown> } {
    const token = `token-${(this.#count += 1)}`;
    const answer = new Promise<TaskAnswer>((resolve) => this.#open.set(token, resolve));
    return { token, answer };
  }

  async answer(token: string, answer: TaskAnswer): Promise<'answered' | 'gone'> {
    const resolve = this.#open.get(token);
    if (resolve === undefined) return 'gone';
    this.#open.delete(token);
    resolve(answer);
    return 'answered';
  }
}

/**
 * The whole orchestrator in memory: the real state machine, the real tasks, scheduler and reconciler, over fakes of the
 * ports. Time moves in ticks, in which nodes come up, commands end and events arrive.
 */
export class LifecycleWorld implements Executions {
  readonly clock = new ManualClock();
  readonly table = new InMemoryTable();
  readonly tokens = new TokenDesk();
  readonly arrows = new Set<string>();
  readonly commands = new InMemoryNodeCommands();
  readonly capacity: InMemoryCapacityProvider;
  readonly deployment = aDeployment({
    intervals: { ...aDeployment().intervals, nodeOnlineTimeout: 60, nodePoll: 5, cooldownBase: 20, cooldownMaximum: 60, orphanGrace: 30, unansweredAfter: 20 },
  });
  /** Instances that never take commands. */
  mute: (index: number) => boolean = () => false;
  /** Whether the events of finished commands arrive, and how often. */
  deliveries = 1;
  gate: Gate = () => undefined;
  readonly #executions = new Map<string, 'running' | 'succeeded' | 'failed'>();
  readonly #delivered = new Set<string>();
  readonly #raw;

  constructor() {
    const attempts = new InMemoryAttemptStore(this.table);
    const cooldowns = new InMemoryCooldownStore(this.table);
    const catalogue = new InMemoryInstanceCatalogue([someFacts('m6i.large'), someFacts('c6i.large')]);
    this.capacity = new InMemoryCapacityProvider({
      attempts, cooldowns, catalogue, clock: this.clock, deployment: this.deployment, log: { info: () => undefined, warn: () => undefined },
    });
    this.#raw = {
      jobs: new InMemoryJobStore(this.table),
      attempts,
      manifests: new InMemoryManifestStore(this.table),
      deadlines: new InMemoryDeadlineStore(this.table),
      store: new InMemorySchedulerStore(this.table),
    };
    for (const zone of ZONES) this.stock(zone, 50);
  }

  /** Sets what is free in a zone, of every type and market. */
  stock(zone: string, free: number): void {
    for (const type of ['m6i.large', 'c6i.large']) {
      for (const market of ['spot', 'on-demand']) this.capacity.machines.market.set(`${type}/${zone}/${market}`, free);
    }
  }

  async submit(yaml: string, name: string): Promise<JobId> {
    const parsed = parseManifest(yaml);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const { manifest } = parsed;
    const sha = manifestDigest(manifest, (text) => createHash('sha256').update(text).digest('hex'));
    const digest = asDigest(sha);
    const put = await this.#raw.manifests.put({
      namespace: manifest.metadata.namespace, name: manifest.metadata.name, digest, canonical: canonicalJson(manifest), createdAtMs: this.clock.now(), createdBy: 'ada',
    });
    const nodes = manifest.spec.nodePools.reduce((sum, pool) => sum + pool.count, 0);
    const { version } = put.version;
    const made = newJob(
      { jobId: jobId(name), manifest, ref: { name: manifest.metadata.name, version, digest }, user: 'ada', demand: { nodes, vcpus: nodes, gpus: 0, microUsdPerHour: microUsd(nodes) }, hasScript: false },
      this.clock.now(),
    );
    await this.#raw.jobs.submit(made);
    return made.job.jobId;
  }

  /** What a user's request does, as the API does it: the mark first, the token then. */
  async ask(id: JobId, request: typeof requestCancel | typeof requestRelease): Promise<void> {
    const job = await changeJob(this.#raw.jobs, id, (now) => {
      const change = request(now, 'ada', this.clock.now());
      return change === 'already' ? undefined : change;
    });
    const wait = await this.#raw.attempts.wait(id);
    const answer = wait === undefined ? undefined : stopAnswer(job, wait);
    if (wait !== undefined && answer !== undefined) await this.tokens.answer(wait.token, answer);
  }

  job(id: JobId): Job {
    const job = this.table.jobs.get(id);
    if (job === undefined) throw new Error(`no job ${id}`);
    return job;
  }

  history(id: JobId): readonly JobEvent[] {
    return this.table.events.get(id) ?? [];
  }

  get ports() {
    const { jobs, attempts, manifests, deadlines, store } = this.#raw;
    const gate: Gate = (call) => this.gate(call);
    return {
      jobs: flaky('jobs', jobs, gate),
      attempts: flaky('attempts', attempts, gate),
      manifests: flaky('manifests', manifests, gate),
      deadlines: flaky('deadlines', deadlines, gate),
      store: flaky('store', store, gate),
      capacity: flaky('capacity', this.capacity, gate),
      commands: flaky('commands', this.commands, gate),
      tokens: flaky('tokens', this.tokens, gate),
      executions: flaky('executions', { start: (s: ExecutionStart) => this.start(s), status: (arn: string) => this.status(arn) }, gate),
      clock: this.clock,
      deployment: this.deployment,
      pause: async (ms: number) => this.#pass(ms),
      log: { info: () => undefined, error: () => undefined },
    };
  }

  async start(start: ExecutionStart): Promise<{ readonly executionArn: string }> {
    const name = `${start.jobId}-${start.attempt}-${start.from}-${start.generation}`;
    if (!this.#executions.has(name)) {
      this.#executions.set(name, 'running');
      void execute(machine, { jobId: start.jobId, attempt: start.attempt, from: start.from }, this.#machineWorld()).then(
        (end) => this.#executions.set(name, end),
        () => this.#executions.set(name, 'failed'),
      );
    }
    return { executionArn: name };
  }

  async status(executionArn: string): Promise<'running' | 'succeeded' | 'failed' | 'unknown'> {
    return this.#executions.get(executionArn) ?? 'unknown';
  }

  #machineWorld(): MachineWorld {
    return {
      token: () => this.tokens.issue(),
      wait: (seconds) => this.#pass(seconds * 1000),
      took: (arrow) => this.arrows.add(arrow),
      invoke: (name, payload) => this.#invoke(name, payload),
    };
  }

  async #invoke(functionName: string, payload: Readonly<Record<string, unknown>>): Promise<unknown> {
    const ports = this.ports;
    // What the machine sends is what the handlers' schema accepts: held against it in the unit tests of the runtime.
    const input = payload as unknown as TaskInput;
    switch (functionName.slice(2, -'FunctionArn}'.length)) {
      case 'AcquireCapacity':
        return acquireCapacity(ports, input);
      case 'ParkJob':
        return parkJob(ports, input as TaskInput & { token: string });
      case 'AwaitNodes':
        return awaitNodes(ports, input, 20_000);
      case 'RunStep':
        return runStep(ports, input as StepInput);
      case 'DestroyNodes':
        return destroyNodes(ports, input);
      case 'FinishJob':
        return finishJob(ports, input);
      default:
        throw new Error(`no function ${functionName}`);
    }
  }

  async #pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.#bringUp();
    await turn();
  }

  /** Every instance that is to take commands does. */
  async #bringUp(): Promise<void> {
    const byAttempt = Map.groupBy(await this.capacity.machines.describeAll(), (i) => `${i.jobId}/${i.attempt}`);
    for (const instances of byAttempt.values()) {
      const [first] = instances;
      if (first?.jobId === undefined || first.attempt === undefined) continue;
      const awake = instances.filter((i) => i.state === 'running' && !this.mute(Number.parseInt(i.instanceId.slice(2), 16)));
      this.commands.setOnline(first.jobId, first.attempt, awake.map((i) => i.instanceId));
    }
  }

  /** One tick: time passes, then everything that is woken by events or by a schedule. A failed invocation is tried once more, as Lambda does. */
  async tick(seconds: number): Promise<void> {
    await this.#pass(seconds * 1000);
    await this.#twice(() => scheduleJobs({ ...this.ports, policy: { maxRunningJobs: this.deployment.limits.maxRunningJobs, weights: {} }, leaseMs: 5000 }, 'scheduler', () => true));
    await this.#quiet();
    for (let n = 0; n < this.commands.sent.length; n += 1) await this.#deliver(`command-${n + 1}`);
    await this.#quiet();
    await this.#twice(() => reconcile(this.ports));
    await this.#quiet();
  }

  async #deliver(commandId: string): Promise<void> {
    const status = await this.commands.status(commandId);
    if (status?.over !== true || this.#delivered.has(commandId)) return;
    this.#delivered.add(commandId);
    for (let n = 0; n < this.deliveries; n += 1) await this.#twice(() => onCommandFinished(this.ports, commandId));
  }

  async #twice(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch {
      await work().catch(() => undefined);
    }
  }

  /** Until the executions wait for a token or are over: everything in memory answers within a few turns. */
  async #quiet(): Promise<void> {
    for (let n = 0; n < 60; n += 1) await turn();
  }

  /** Ticks until every job has ended, or `most` ticks have passed. */
  async live(most = 60, seconds = 15): Promise<void> {
    for (let n = 0; n < most && !this.isOver(); n += 1) await this.tick(seconds);
    await this.tick(60);
    await this.tick(60);
  }

  isOver(): boolean {
    return [...this.table.jobs.values()].every((job) => isTerminal(job.state));
  }

  /** Instances that run. */
  async running(): Promise<number> {
    return (await this.capacity.machines.describeAll()).length;
  }

}
