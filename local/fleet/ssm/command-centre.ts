import type { FleetClock } from '../clock.ts';
import type { EventBus } from '../events/bus.ts';
import { instanceTarget, isCutOff } from '../faults.ts';
import type { Faults } from '../faults.ts';
import type { Instance } from '../model.ts';
import type { Collection } from '../store.ts';
import type { Agent } from './agent.ts';
import { commandEvent, invocationEvent } from './command-events.ts';
import { commandStatus, errorsExceeded, limitOf } from './command-status.ts';
import { executionSeconds, invocationKey, isFinal } from './command.ts';
import type { Command, Invocation, StepResult } from './command.ts';

interface CommandCentreParts {
  readonly commands: Collection<Command>;
  readonly invocations: Collection<Invocation>;
  readonly instances: Collection<Instance>;
  readonly agent: Agent;
  readonly events: EventBus;
  readonly faults: Faults;
  readonly clock: FleetClock;
  /** Wall milliseconds until new invocations are listed. */
  readonly invisibleMs: () => number;
}

/** Sends commands to instances, follows them, and says how they ended. Goes on where it was after a restart. */
export class CommandCentre {
  readonly #parts: CommandCentreParts;
  readonly #executing = new Set<string>();
  readonly #timers = new Map<string, () => void>();
  #paused = true;

  constructor(parts: CommandCentreParts) {
    this.#parts = parts;
  }

  /** Goes on with every command that has not ended. */
  resume(): void {
    this.#paused = false;
    for (const command of this.#parts.commands.values()) {
      this.#pump(command.id);
    }
  }

  /** Nothing changes any more, whatever ends meanwhile, until it is resumed. */
  pause(): void {
    this.#paused = true;
    for (const cancel of this.#timers.values()) {
      cancel();
    }
    this.#timers.clear();
  }

  /** Takes up a new command. */
  send(command: Command): void {
    const now = this.#parts.clock.nowMs();
    this.#parts.commands.put(command.id, command);
    for (const instanceId of command.targetIds) {
      const invocation: Invocation = {
        commandId: command.id,
        instanceId,
        status: 'Pending',
        sent: false,
        sentAtMs: now,
        visibleAtMs: now + this.#parts.invisibleMs(),
        results: [],
        silent: false,
      };
      this.#parts.invocations.put(invocationKey(invocation), invocation);
    }
    this.#pump(command.id);
  }

  /** Cancels what of a command has not ended, on the named instances or on all. */
  cancel(commandId: string, instanceIds: readonly string[]): void {
    const command = this.#parts.commands.get(commandId);
    if (command === undefined) {
      return;
    }
    this.#parts.commands.put(commandId, { ...command, cancelled: command.cancelled || instanceIds.length === 0 });
    for (const invocation of this.invocationsOf(command)) {
      if (!isFinal(invocation.status) && (instanceIds.length === 0 || instanceIds.includes(invocation.instanceId))) {
        this.#cancelInvocation(command, invocation);
      }
    }
    this.#pump(commandId);
  }

  /** The instance's agent is there, gone, or may be reached again: delivers what waits for it. */
  instanceChanged(instanceId: string): void {
    for (const command of this.#parts.commands.values()) {
      if (command.targetIds.includes(instanceId)) {
        this.#pump(command.id);
      }
    }
  }

  /** The command with `id`. */
  command(id: string): Command | undefined {
    return this.#parts.commands.get(id);
  }

  /** All commands, oldest first. */
  list(): Command[] {
    return this.#parts.commands.values();
  }

  /** The invocations of a command, in the order in which they are sent. */
  invocationsOf(command: Command): Invocation[] {
    return command.targetIds
      .map((instanceId) => this.#parts.invocations.get(invocationKey({ commandId: command.id, instanceId })))
      .filter((invocation) => invocation !== undefined);
  }

  /** Sends, delivers and times out whatever is due of a command, and settles its status. */
  #pump(commandId: string): void {
    this.#timers.get(commandId)?.();
    this.#timers.delete(commandId);
    const command = this.#parts.commands.get(commandId);
    if (command === undefined || this.#paused) {
      return;
    }
    this.#sendMore(command);
    for (const invocation of this.invocationsOf(command)) {
      this.#step(command, invocation);
    }
    this.#settle(command.id);
    const due = this.invocationsOf(command)
      .filter(({ status }) => !isFinal(status))
      .map((invocation) => this.#dueAt(command, invocation));
    if (due.length > 0) {
      this.#timers.set(commandId, this.#parts.clock.at(Math.min(...due), () => this.#pump(commandId)));
    }
  }

  #sendMore(command: Command): void {
    const invocations = this.invocationsOf(command);
    const stopped = errorsExceeded(command, invocations);
    let free =
      limitOf(command.maxConcurrency, invocations.length, true) -
      invocations.filter(({ sent, status }) => sent && !isFinal(status)).length;
    for (const invocation of invocations) {
      if (invocation.sent || isFinal(invocation.status)) {
        continue;
      }
      if (stopped) {
        this.#enter(command, { ...invocation, status: 'Terminated', endedAtMs: this.#parts.clock.nowMs() });
      } else if (free > 0) {
        free -= 1;
        this.#put({ ...invocation, sent: true, sentAtMs: this.#parts.clock.nowMs() });
      }
    }
  }

  #step(command: Command, invocation: Invocation): void {
    const now = this.#parts.clock.nowMs();
    if (invocation.status === 'Pending' && invocation.sent) {
      if (this.#isReachable(invocation.instanceId)) {
        this.#deliver(command, invocation);
      } else if (now >= this.#dueAt(command, invocation)) {
        this.#enter(command, { ...invocation, status: 'DeliveryTimedOut', endedAtMs: now });
      }
    } else if (invocation.status === 'InProgress' || invocation.status === 'Cancelling') {
      if (now >= this.#dueAt(command, invocation)) {
        this.#enter(command, { ...invocation, status: 'ExecutionTimedOut', endedAtMs: now });
      } else {
        this.#execute(command, invocation);
      }
    }
  }

  /** Not delivered by then, or not heard of by then: SSM gives up. */
  #dueAt(command: Command, { status, sentAtMs, startedAtMs }: Invocation): number {
    const deliveryMs = command.timeoutSeconds * 1000;
    return status === 'Pending'
      ? sentAtMs + deliveryMs
      : (startedAtMs ?? sentAtMs) + executionSeconds(command.steps) * 1000 + deliveryMs;
  }

  #isReachable(instanceId: string): boolean {
    const instance = this.#parts.instances.get(instanceId);
    return (
      instance?.state === 'running' &&
      instance.registeredAtMs !== undefined &&
      !isCutOff(this.#parts.faults, instance)
    );
  }

  #deliver(command: Command, invocation: Invocation): void {
    const instance = this.#parts.instances.get(invocation.instanceId);
    if (instance === undefined) {
      return;
    }
    const silent = this.#parts.faults.strike('commandNeverAnswers', instanceTarget(instance)) !== undefined;
    const delivered: Invocation = { ...invocation, status: 'InProgress', startedAtMs: this.#parts.clock.nowMs(), silent };
    this.#enter(command, delivered);
    this.#execute(command, delivered);
  }

  #execute(command: Command, invocation: Invocation): void {
    const key = invocationKey(invocation);
    const instance = this.#parts.instances.get(invocation.instanceId);
    if (this.#executing.has(key) || instance?.state !== 'running') {
      return;
    }
    this.#executing.add(key);
    void this.#parts.agent
      .execute(instance, command)
      .then((results) => this.#executed(command, key, results))
      .finally(() => this.#executing.delete(key));
  }

  #executed(command: Command, key: string, results: readonly StepResult[] | undefined): void {
    const invocation = this.#parts.invocations.get(key);
    const lost = results === undefined || invocation?.silent === true || this.#paused;
    if (invocation === undefined || isFinal(invocation.status) || lost) {
      return;
    }
    const failed = results.find(({ status }) => status !== 'Success');
    const status = invocation.status === 'Cancelling' ? 'Cancelled' : (failed?.status ?? 'Success');
    this.#enter(command, { ...invocation, status, results, endedAtMs: this.#parts.clock.nowMs() });
    this.#pump(command.id);
  }

  #cancelInvocation(command: Command, invocation: Invocation): void {
    const instance = this.#parts.instances.get(invocation.instanceId);
    if (invocation.status !== 'InProgress' || instance === undefined) {
      this.#enter(command, { ...invocation, status: 'Cancelled', endedAtMs: this.#parts.clock.nowMs() });
      return;
    }
    this.#enter(command, { ...invocation, status: 'Cancelling' });
    void this.#parts.agent.stop(instance, command);
  }

  #put(invocation: Invocation): void {
    this.#parts.invocations.put(invocationKey(invocation), invocation);
  }

  #enter(command: Command, invocation: Invocation): void {
    this.#put(invocation);
    const tags = this.#parts.instances.get(invocation.instanceId)?.tags ?? {};
    this.#parts.events.publish(invocationEvent(command, invocation, this.#parts.clock.nowMs(), tags));
  }

  #settle(commandId: string): void {
    const command = this.#parts.commands.get(commandId);
    if (command === undefined) {
      return;
    }
    const status = commandStatus(command, this.invocationsOf(command));
    if (status === command.status) {
      return;
    }
    const settled = { ...command, status };
    this.#parts.commands.put(commandId, settled);
    const tags = this.#parts.instances.get(command.targetIds[0] ?? '')?.tags ?? {};
    this.#parts.events.publish(commandEvent(settled, this.#parts.clock.nowMs(), tags));
  }
}
