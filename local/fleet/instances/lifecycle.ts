import type { FleetClock } from '../clock.ts';
import type { EventBus } from '../events/bus.ts';
import { instanceStateEvent } from '../events/instance-events.ts';
import { instanceTarget } from '../faults.ts';
import type { Faults } from '../faults.ts';
import { END_REASONS, endDue } from './end-reasons.ts';
import type { EndReason } from './end-reasons.ts';
import { goOnWithout } from './machine.ts';
import type { Machine } from './machine.ts';
import { giveNotice } from './spot-notices.ts';
import type { SpotNotice } from './spot-notices.ts';
import type { RunningMarket } from '../market/running-market.ts';
import { isLive } from '../model.ts';
import type { Instance, InstanceState } from '../model.ts';
import type { Collection } from '../store.ts';

/** EC2 shows a terminated instance for about this long. */
const REMEMBER_TERMINATED_MS = 3_600_000;

interface LifecycleParts {
  readonly instances: Collection<Instance>;
  readonly clock: FleetClock;
  readonly market: RunningMarket;
  readonly faults: Faults;
  readonly events: EventBus;
  readonly machine: Machine;
}

/**
 * Moves instances through their states. Every due time is in the record, so that `resume` after a restart
 * goes on where the process was killed.
 */
export class InstanceLifecycle {
  readonly #parts: LifecycleParts;
  readonly #timers = new Map<string, () => void>();
  readonly #booted = new Set<string>();
  #paused = true;

  constructor(parts: LifecycleParts) {
    this.#parts = parts;
  }

  /** Goes on with every recorded instance. */
  resume(): void {
    this.#paused = false;
    for (const instance of this.#parts.instances.values()) {
      this.#advance(instance.id);
    }
  }

  /** Nothing changes any more, whatever ends meanwhile, until it is resumed. */
  pause(): void {
    this.#paused = true;
    this.#booted.clear();
    for (const cancel of this.#timers.values()) {
      cancel();
    }
    this.#timers.clear();
  }

  /** Takes up a new instance. */
  begin(instance: Instance): void {
    this.#parts.instances.put(instance.id, instance);
    this.#parts.events.publish(instanceStateEvent(instance, this.#parts.clock.nowMs()));
    this.#advance(instance.id);
  }

  /** Ends an instance; one that has ended stays as it is. Answers its record. */
  end(id: string, reason: EndReason): Instance | undefined {
    const instance = this.#parts.instances.get(id);
    const ended = instance?.state === 'shutting-down' || instance?.state === 'terminated';
    if (instance === undefined || ended || this.#paused) {
      return instance;
    }
    const { boot } = this.#parts.market.scenario;
    const goneAtMs = this.#parts.clock.nowMs() + this.#parts.clock.wallMs(reason === 'host' ? 0 : boot.terminateSeconds);
    const ending = this.#enter({ ...instance, stateReason: END_REASONS[reason], goneAtMs }, 'shutting-down');
    goOnWithout(ending, this.#parts.machine.kill(ending));
    this.#advance(id);
    return ending;
  }

  /** The instance shut itself down: it terminates or stops, as its launch said. */
  endedItself(id: string): void {
    const instance = this.#parts.instances.get(id);
    if (instance === undefined || !isLive(instance) || this.#paused) {
      return;
    }
    if (instance.shutdownBehavior === 'terminate') {
      this.end(id, 'itself');
      return;
    }
    const stopped = this.#enter({ ...instance, stateReason: END_REASONS.itself }, 'stopped');
    goOnWithout(stopped, this.#parts.machine.kill(stopped));
  }

  /** Gives a Spot instance a notice, by default all that EC2 says; false where it is none or has had it already. */
  interrupt(id: string, notice: SpotNotice = 'both'): boolean {
    const { clock, market, instances, events } = this.#parts;
    const instance = instances.get(id);
    const now = clock.nowMs();
    const noticed = instance && giveNotice(instance, notice, now, now + clock.wallMs(market.scenario.noticeSeconds));
    if (noticed === undefined) {
      return false;
    }
    instances.put(id, noticed.instance);
    for (const event of noticed.events) {
      events.publish(event);
    }
    this.#advance(id);
    return true;
  }

  /** Lets the faults that stand choose among the running instances. */
  applyFaults(): void {
    for (const instance of this.#parts.instances.values()) {
      if (instance.state === 'running') {
        this.#doom(instance);
        this.#advance(instance.id);
      }
    }
  }

  /** The instance ends by the user's word, but only at `atMs`. */
  endLater(id: string, atMs: number): void {
    const instance = this.#parts.instances.get(id);
    if (instance !== undefined && isLive(instance)) {
      this.#parts.instances.put(id, { ...instance, endsAtMs: atMs });
      this.#advance(id);
    }
  }

  #doom(instance: Instance): Instance {
    const fault = instance.diesAtMs === undefined ? this.#parts.faults.strike('instanceDies', instanceTarget(instance)) : undefined;
    if (fault === undefined) {
      return instance;
    }
    const doomed = { ...instance, diesAtMs: this.#parts.clock.nowMs() + this.#parts.clock.wallMs(fault.afterSeconds) };
    this.#parts.instances.put(doomed.id, doomed);
    return doomed;
  }

  #enter(instance: Instance, state: InstanceState): Instance {
    const now = this.#parts.clock.nowMs();
    const entered = { ...instance, state, ...(state === 'terminated' ? { terminatedAtMs: now } : {}) };
    this.#parts.instances.put(entered.id, entered);
    this.#parts.events.publish(instanceStateEvent(entered, now));
    return entered;
  }

  /** Does what is due for an instance and sets a timer for what comes next. */
  #advance(id: string): void {
    this.#timers.get(id)?.();
    this.#timers.delete(id);
    const instance = this.#parts.instances.get(id);
    const next = instance === undefined || this.#paused ? undefined : this.#step(instance);
    if (next !== undefined) {
      this.#timers.set(id, this.#parts.clock.at(next, () => this.#advance(id)));
    }
  }

  /** Does what is due; answers when something is due again. */
  #step(instance: Instance): number | undefined {
    const now = this.#parts.clock.nowMs();
    switch (instance.state) {
      case 'pending':
        if (now < instance.runningAtMs) {
          return instance.runningAtMs;
        }
        return this.#stepRunning(this.#doom(this.#enter(instance, 'running')), now);
      case 'running':
        return this.#stepRunning(instance, now);
      case 'shutting-down':
        return this.#stepEnding(instance, now);
      case 'terminated':
        return this.#stepTerminated(instance, now);
      case 'stopping':
      case 'stopped':
        return undefined;
    }
  }

  #stepRunning(instance: Instance, now: number): number | undefined {
    const ending = endDue(instance, now);
    if (ending !== undefined) {
      this.end(instance.id, ending);
      return undefined;
    }
    this.#boot(instance);
    const waits = instance.up && instance.registeredAtMs === undefined && instance.neverRegisters !== true;
    if (waits && now >= instance.registersAtMs) {
      this.#register(instance, now);
    }
    const dues = [
      instance.reclaimAtMs,
      instance.diesAtMs,
      instance.endsAtMs,
      waits && now < instance.registersAtMs ? instance.registersAtMs : undefined,
    ].filter((due) => due !== undefined);
    return dues.length === 0 ? undefined : Math.min(...dues);
  }

  /** Boots the machine once per life of this process; a boot that was cut short by a kill is done over. */
  #boot(instance: Instance): void {
    if (this.#booted.has(instance.id)) {
      return;
    }
    this.#booted.add(instance.id);
    goOnWithout(instance, this.#parts.machine.boot(instance).then(() => this.#isUp(instance.id)));
  }

  #isUp(id: string): void {
    const instance = this.#parts.instances.get(id);
    if (this.#paused) {
      return;
    }
    if (instance?.state === 'running' && !instance.up) {
      this.#parts.instances.put(id, { ...instance, up: true });
    }
    this.#advance(id);
  }

  #register(instance: Instance, now: number): void {
    if (this.#parts.faults.strike('neverRegister', instanceTarget(instance)) !== undefined) {
      this.#parts.instances.put(instance.id, { ...instance, neverRegisters: true });
      return;
    }
    const registered = { ...instance, registeredAtMs: now };
    this.#parts.instances.put(instance.id, registered);
    this.#parts.machine.registered(registered);
  }

  #stepEnding(instance: Instance, now: number): number | undefined {
    const goneAtMs = instance.goneAtMs ?? now;
    if (now < goneAtMs) {
      return goneAtMs;
    }
    goOnWithout(instance, this.#parts.machine.destroy(instance));
    return this.#stepTerminated(this.#enter(instance, 'terminated'), now);
  }

  #stepTerminated(instance: Instance, now: number): number | undefined {
    const forgetAtMs = (instance.terminatedAtMs ?? now) + REMEMBER_TERMINATED_MS;
    if (now < forgetAtMs) {
      return forgetAtMs;
    }
    this.#parts.instances.delete(instance.id);
    return undefined;
  }
}
