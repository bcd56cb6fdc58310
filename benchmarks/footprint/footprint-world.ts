import { AsyncLocalStorage } from 'node:async_hooks';
import type { ProviderInstance } from '../../core/capacity/gang.ts';
import { epochMs } from '../../core/job/ids.ts';
import type { EpochMs } from '../../core/job/ids.ts';
import type { ExecutionStart } from '../../core/ports/executions.ts';
import type { ManifestStore } from '../../core/ports/manifest-store.ts';
import { LifecycleWorld, type WorldParts } from '../../test/statemachines/lifecycle-world.ts';

/** From launch until the agent of an instance takes commands. */
const BOOT_MS = 60_000;
/** A task may take 15 minutes, the last of which it leaves to a replacement. */
const AWAIT_BUDGET_MS = 840_000;

/** Wall clock that can be moved forward: the simulator's instances live in wall-clock time. */
export class ShiftedClock {
  #aheadMs = 0;

  now(): EpochMs {
    return epochMs(Date.now() + this.#aheadMs);
  }

  advance(ms: number): void {
    this.#aheadMs += ms;
  }
}

/** A world that counts invocations and state transitions, and knows at any moment which function works. */
export class FootprintWorld extends LifecycleWorld {
  invocations: ReadonlyMap<string, number> = new Map();
  /** States that executions entered; that is what Step Functions charges. */
  transitions = 0;
  override awaitBudgetMs = AWAIT_BUDGET_MS;
  override leaseMs: number;
  readonly #function = new AsyncLocalStorage<string>();
  readonly #manifests = new Map<string, ManifestStore>();
  readonly #newManifestStore: () => ManifestStore;

  /** @param newManifestStore what a function remembers of manifests it remembers by itself */
  constructor(parts: WorldParts, newManifestStore: () => ManifestStore) {
    super(parts);
    this.leaseMs = parts.deployment.intervals.schedulerLease * 1_000;
    this.#newManifestStore = newManifestStore;
  }

  override get ports() {
    return { ...super.ports, manifests: this.#manifestsOf(this.currentFunction()) };
  }

  #manifestsOf(name: string): ManifestStore {
    const known = this.#manifests.get(name) ?? this.#newManifestStore();
    this.#manifests.set(name, known);
    return known;
  }

  /** The function on whose behalf the caller runs. */
  readonly currentFunction = (): string => this.#function.getStore() ?? '';

  override async asFunction<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.invocations = new Map(this.invocations).set(name, (this.invocations.get(name) ?? 0) + 1);
    return super.asFunction(name, () => this.#function.run(name, work));
  }

  /** An execution enters its first state without an arrow. */
  override async start(start: ExecutionStart): Promise<{ readonly executionArn: string }> {
    this.transitions += 1;
    return super.start(start);
  }

  protected override took(): void {
    this.transitions += 1;
  }

  protected override isAwake({ state, launchedAtMs }: ProviderInstance): boolean {
    return state === 'running' && this.clock.now() - launchedAtMs >= BOOT_MS;
  }
}
