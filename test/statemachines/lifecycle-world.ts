import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import type { Deployment } from '../../core/deployment/deployment.ts';
import { canonicalJson } from '../../core/manifest/canonical.ts';
import { manifestDigest } from '../../core/manifest/digest.ts';
import type { Manifest } from '../../core/manifest/schema.ts';
import { parseManifest } from '../../core/manifest/parse.ts';
import { newJob } from '../../core/job/new-job.ts';
import { demandOf } from '../../core/job/demand.ts';
import { digest as asDigest, jobId, type JobId } from '../../core/job/ids.ts';
import { changeJob } from '../../core/job/change-job.ts';
import type { requestCancel, requestRelease } from '../../core/lifecycle/request.ts';
import type { ProviderInstance } from '../../core/capacity/gang.ts';
import type { Demand } from '../../core/job/job.ts';
import type { CapacityProvider, CooldownStore } from '../../core/ports/capacity-provider.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Executions, ExecutionStart, TaskTokens } from '../../core/ports/executions.ts';
import type { AttemptStore, JobStore } from '../../core/ports/job-store.ts';
import type { NodeCommands } from '../../core/ports/node-commands.ts';
import type { ManifestStore, NewManifestVersion } from '../../core/ports/manifest-store.ts';
import type { SchedulerStore } from '../../core/ports/scheduler-store.ts';
import type { TaskAnswer, TaskInput } from '../../core/lifecycle/task.ts';
import type { Measurement } from '../../core/metrics/catalogue.ts';
import { acquireCapacity } from '../../lambdas/lifecycle/acquire-capacity/acquire-capacity.ts';
import { tellWhoeverWaits } from '../../lambdas/lifecycle/answer-wait.ts';
import { awaitNodes } from '../../lambdas/lifecycle/await-nodes/await-nodes.ts';
import { destroyNodes } from '../../lambdas/lifecycle/destroy-nodes/destroy-nodes.ts';
import { explainFailure } from '../../lambdas/lifecycle/explain-failure/explain-failure.ts';
import { finishJob } from '../../lambdas/lifecycle/finish-job/finish-job.ts';
import { onInstanceNotice, type InstanceNotice } from '../../lambdas/lifecycle/on-instance-event/on-instance-event.ts';
import { onCommandFinished } from '../../lambdas/lifecycle/on-command-finished/on-command-finished.ts';
import { parkJob } from '../../lambdas/lifecycle/park-job/park-job.ts';
import { reconcile } from '../../lambdas/lifecycle/reconcile/reconcile.ts';
import { runStep, type StepInput } from '../../lambdas/lifecycle/run-step/run-step.ts';
import { readTaskInput } from '../../lambdas/runtime/task-input.ts';
import { scheduleJobs } from '../../lambdas/queue/schedule-jobs/schedule-jobs.ts';
import { InMemoryAttemptSecrets } from '../fakes/in-memory-attempt-secrets.ts';
import { InMemoryNodeCommands } from '../fakes/in-memory-node-commands.ts';
import { InMemoryPlacementGroups } from '../fakes/in-memory-placement-groups.ts';
import { flaky, type Gate } from './flaky.ts';
import { execute, type Machine, type MachineWorld } from './machine-interpreter.ts';

export const machine: Machine = JSON.parse(readFileSync(new URL('../../statemachines/job-lifecycle.asl.json', import.meta.url), 'utf8'));

/** How long the tokens of Step Functions are, about: an item that holds one is as large as it will be. */
const TOKEN_LENGTH = 768;

/** What a node of any type counts as. */
const SIZE = { vcpus: 1, gpus: 0, microUsdPerHour: 90_000 };

/** Answers of tokens by token; the first wins. */
class TokenDesk implements TaskTokens {
  readonly #open = new Map<string, (answer: TaskAnswer) => void>();
  #count = 0;

  issue(): { readonly token: string; readonly answer: Promise<unknown> } {
    const token = `token-${(this.#count += 1)}-`.padEnd(TOKEN_LENGTH, 'A');
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

/** What a world is made of. */
export interface WorldParts {
  readonly stores: {
    readonly jobs: JobStore;
    readonly attempts: AttemptStore;
    readonly manifests: ManifestStore;
    readonly scheduler: SchedulerStore;
    readonly cooldowns: CooldownStore;
  };
  readonly capacity: CapacityProvider;
  readonly deployment: Deployment;
  readonly clock: Clock & { advance(ms: number): void };
}

/**
 * The whole orchestrator in one process: the real state machine, the real tasks, scheduler and reconciler, over stores
 * and a cloud of the caller's. Time moves when it is told to; nodes come up, commands end and events arrive in between.
 */
export class LifecycleWorld implements Executions {
  readonly tokens = new TokenDesk();
  readonly commands = new InMemoryNodeCommands();
  readonly secrets = new InMemoryAttemptSecrets();
  readonly placementGroups = new InMemoryPlacementGroups();
  /** Instances that never take commands. */
  mute: (index: number) => boolean = () => false;
  /** Whether the events of finished commands arrive, and how often. */
  deliveries = 1;
  gate: Gate = () => undefined;
  /** What the reconciler has measured. */
  readonly measured: Measurement[] = [];
  leaseMs = 5_000;
  /** The release of Slurm that jobs get at submission; none in the release before there was any. */
  slurm: string | undefined = '24.11.5';
  /** For how long one invocation waits for nodes. */
  awaitBudgetMs = 20_000;
  /** Whether each invocation for nodes is made twice at once, as one is whose connection was lost: nobody hears the first. */
  awaitsTwice = false;
  protected readonly parts: WorldParts;
  readonly #executions = new Map<string, 'running' | 'succeeded' | 'failed'>();
  readonly #delivered = new Set<string>();
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(parts: WorldParts) {
    this.parts = parts;
  }

  get clock(): WorldParts['clock'] {
    return this.parts.clock;
  }

  get deployment(): Deployment {
    return this.parts.deployment;
  }

  /** Submits a manifest as the API does; a version that is not known yet is stored in the same transaction. */
  async submit(yaml: string, name: string, demand?: Demand): Promise<JobId> {
    const { manifest, version } = this.#versionOf(yaml);
    const made = newJob(
      {
        ...(manifest.spec.runtime.type === 'Slurm' && this.slurm !== undefined ? { runtimeVersion: this.slurm } : {}),
        jobId: jobId(name), manifest, ref: { name: version.name, version: 1, digest: version.digest }, user: 'ada', hasScript: false,
        demand: demand ?? demandOf(manifest, new Map(manifest.spec.nodePools.flatMap(({ instanceTypes }) => instanceTypes).map((type) => [type, SIZE]))),
      },
      this.clock.now(),
    );
    await this.parts.stores.jobs.submit({ ...made, manifest: version });
    return made.job.jobId;
  }

  /** Stores a manifest by itself. */
  async storeManifest(yaml: string): Promise<void> {
    await this.parts.stores.manifests.put(this.#versionOf(yaml).version);
  }

  #versionOf(yaml: string): { readonly manifest: Manifest; readonly version: NewManifestVersion } {
    const parsed = parseManifest(yaml);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const { manifest } = parsed;
    const { namespace, name } = manifest.metadata;
    const digest = asDigest(manifestDigest(manifest, (text) => createHash('sha256').update(text).digest('hex')));
    return { manifest, version: { namespace, name, digest, canonical: canonicalJson(manifest), createdAtMs: this.clock.now(), createdBy: 'ada' } };
  }

  /** What a user's request does, as the API does it: the mark first, the token then. */
  async ask(id: JobId, request: typeof requestCancel | typeof requestRelease): Promise<void> {
    const { jobs, attempts } = this.parts.stores;
    const job = await changeJob(jobs, id, (now) => {
      const change = request(now, 'ada', this.clock.now());
      return change === 'already' ? undefined : change;
    });
    await tellWhoeverWaits({ attempts, tokens: this.tokens }, job);
  }

  get ports() {
    const { jobs, attempts, manifests, scheduler, cooldowns } = this.parts.stores;
    const gate: Gate = (call, values) => this.gate(call, values);
    return {
      jobs: flaky('jobs', jobs, gate),
      attempts: flaky('attempts', attempts, gate),
      manifests: flaky('manifests', manifests, gate),
      store: flaky('store', scheduler, gate),
      cooldowns: flaky('cooldowns', cooldowns, gate),
      capacity: flaky('capacity', this.parts.capacity, gate),
      placementGroups: this.placementGroups,
      commands: flaky<NodeCommands>('commands', this.commands, gate),
      secrets: flaky('secrets', this.secrets, gate),
      tokens: flaky('tokens', this.tokens, gate),
      executions: flaky('executions', { start: (s: ExecutionStart) => this.start(s), status: (arn: string) => this.status(arn) }, gate),
      clock: this.clock,
      deployment: this.deployment,
      pause: async (ms: number) => this.pass(ms),
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      meter: { note: () => undefined },
      measure: (measurements: readonly Measurement[]) => void this.measured.push(...measurements),
    };
  }

  async start(start: ExecutionStart): Promise<{ readonly executionArn: string }> {
    const name = `${start.jobId}-${start.attempt}-${start.from}-${start.generation}`;
    const executionArn = `arn:aws:states:us-east-1:000000000000:execution:orchestrator-job-lifecycle:${name}`;
    if (!this.#executions.has(executionArn)) {
      this.#executions.set(executionArn, 'running');
      void execute(machine, { jobId: start.jobId, attempt: start.attempt, from: start.from }, this.#machineWorld()).then(
        (end) => this.#executions.set(executionArn, end),
        () => this.#executions.set(executionArn, 'failed'),
      );
    }
    return { executionArn };
  }

  async status(executionArn: string): Promise<'running' | 'succeeded' | 'failed' | 'unknown'> {
    return this.#executions.get(executionArn) ?? 'unknown';
  }

  #machineWorld(): MachineWorld {
    return {
      token: () => this.tokens.issue(),
      wait: (seconds) => this.pass(seconds * 1000),
      took: (arrow) => this.took(arrow),
      invoke: (name, payload) => {
        const functionName = name.slice(2, -'FunctionArn}'.length);
        return this.asFunction(functionName, () => this.#invoke(functionName, payload));
      },
    };
  }

  /** Told of every arrow that an execution takes. */
  protected took(_arrow: string): void {}

  /** Every invocation of a function goes through here. */
  protected async asFunction<T>(_name: string, work: () => Promise<T>): Promise<T> {
    const running = work();
    this.#underWay.add(running);
    try {
      return await running;
    } finally {
      this.#underWay.delete(running);
    }
  }

  async #invoke(functionName: string, payload: Readonly<Record<string, unknown>>): Promise<unknown> {
    const ports = this.ports;
    const input = readTaskInput(payload);
    switch (functionName) {
      case 'AcquireCapacity':
        return acquireCapacity(ports, input);
      case 'ParkJob':
        return parkJob(ports, input as TaskInput & { token: string });
      case 'AwaitNodes':
        if (this.awaitsTwice) void this.asFunction('AwaitNodes', () => awaitNodes(ports, input, this.awaitBudgetMs)).catch(() => undefined);
        return awaitNodes(ports, input, this.awaitBudgetMs);
      case 'RunStep':
        return runStep(ports, input as StepInput);
      case 'ExplainFailure':
        return explainFailure(ports, input);
      case 'DestroyNodes':
        return destroyNodes(ports, input);
      case 'FinishJob':
        return finishJob(ports, input);
      default:
        throw new Error(`no function ${functionName}`);
    }
  }

  /** Lets time pass and brings up every instance that is to take commands. */
  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    const byAttempt = Map.groupBy(await this.parts.capacity.describeAll(), (i) => `${i.jobId}/${i.attempt}`);
    for (const instances of byAttempt.values()) {
      const [first] = instances;
      if (first?.jobId === undefined || first.attempt === undefined) continue;
      const awake = instances.filter((i) => this.isAwake(i));
      this.commands.setOnline(first.jobId, first.attempt, awake.map((i) => i.instanceId));
    }
    await turn();
  }

  /** Whether an instance takes commands by now. */
  protected isAwake({ state, instanceId }: ProviderInstance): boolean {
    return state === 'running' && !this.mute(Number.parseInt(instanceId.slice(2), 16));
  }

  /** The scheduler is woken. */
  async schedule(): Promise<void> {
    let pauses = 0;
    const pause = async (ms: number): Promise<void> => {
      pauses += 1;
      await this.pass(ms);
    };
    // An invocation that waits for others to find machines ends some time.
    await this.#twice('ScheduleJobs', () => scheduleJobs({ ...this.ports, pause, leaseMs: this.leaseMs }, 'scheduler', () => pauses < 5));
    await this.quiet();
  }

  /** The events of commands that have ended arrive. */
  async deliver(): Promise<void> {
    for (let n = 1; n <= this.commands.sent.length; n += 1) {
      const commandId = `command-${n}`;
      const status = await this.commands.status(commandId);
      if (status?.over !== true || this.#delivered.has(commandId)) continue;
      this.#delivered.add(commandId);
      for (let time = 0; time < this.deliveries; time += 1) await this.#twice('OnCommandFinished', () => onCommandFinished(this.ports, commandId));
    }
    await this.quiet();
  }

  /** EC2 says something of an instance. */
  async notify(notice: InstanceNotice): Promise<void> {
    await this.#twice('OnInstanceEvent', () => onInstanceNotice(this.ports, notice));
    await this.quiet();
  }

  /** The reconciler's schedule comes round. */
  async reconcile(): Promise<void> {
    await this.#twice('Reconcile', () => reconcile(this.ports));
    await this.quiet();
  }

  /** A failed invocation is made once more, as Lambda does. */
  async #twice(name: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await this.asFunction(name, work);
    } catch {
      await this.asFunction(name, work).catch(() => undefined);
    }
  }

  /** Until the executions wait for a token or are over: what is in memory between two invocations takes a few turns. */
  protected async quiet(): Promise<void> {
    for (let n = 0; n < 60; n += 1) {
      await turn();
      if (this.#underWay.size === 0) continue;
      await Promise.allSettled(this.#underWay);
      n = 0;
    }
  }
}
