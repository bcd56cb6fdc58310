import type { Death, Phase } from './phases.ts';
import type { FromWorker } from './work.ts';

/** Tells the parent where this process is, and kills it (or stops it for a while) where it is to die. */
export class DeathWatch {
  #death: Death | undefined;
  readonly #entered = new Map<Phase | 'any', number>();
  #phase: Phase;

  constructor(death: Death | undefined, begins: Phase) {
    this.#death = death;
    this.#phase = begins;
    this.enter(begins);
  }

  get phase(): Phase {
    return this.#phase;
  }

  enter(phase: Phase): void {
    this.#phase = phase;
    process.send?.({ kind: 'entered', phase } satisfies FromWorker);
    for (const counted of [phase, 'any'] as const) {
      const times = (this.#entered.get(counted) ?? 0) + 1;
      this.#entered.set(counted, times);
      if (this.#death?.on === counted && this.#death.nth === times) this.#die(this.#death.afterMs);
    }
  }

  /** The work is done and not told: whoever was to die and has not yet, dies now. */
  end(phase: Phase): void {
    this.enter(phase);
    if (this.#death) this.#die(0);
  }

  #die(afterMs: number): void {
    if (this.#death?.stalls) {
      this.#death = undefined;
      process.send?.({ kind: 'stalled' } satisfies FromWorker);
      process.kill(process.pid, 'SIGSTOP');
      return;
    }
    if (afterMs === 0) process.kill(process.pid, 'SIGKILL');
    else setTimeout(() => process.kill(process.pid, 'SIGKILL'), afterMs);
  }
}
