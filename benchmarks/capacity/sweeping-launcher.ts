import { minuteFrom, type GangJob, type GangSize, type Launcher, type Turn } from './launcher.ts';
import type { SimulatedCloud } from './simulated-cloud.ts';

/** How a simple launcher goes through zones. */
export interface SweepingOptions {
  readonly zones: readonly string[];
  /** Each turn begins with the zone after the one with which the turn before began. */
  readonly rotates?: boolean;
  /** For how long a zone in which a launch came short is not asked again, by any job. */
  readonly cooldownMs?: number;
}

/**
 * A launcher as they are often written: each turn asks zone after zone for the whole gang, and where a gang may be split
 * then for what each zone has, giving back what does not suffice. The next cycle begins anew.
 */
export class SweepingLauncher implements Launcher {
  readonly cycleFrom = minuteFrom;
  readonly #cloud: SimulatedCloud;
  readonly #size: GangSize;
  readonly #options: SweepingOptions;
  readonly #held = new Map<number, ReadonlyMap<string, number>>();
  readonly #coolUntilMs = new Map<string, number>();
  #first = 0;

  constructor(cloud: SimulatedCloud, size: GangSize, options: SweepingOptions) {
    this.#cloud = cloud;
    this.#size = size;
    this.#options = options;
  }

  async turns(jobs: readonly GangJob[]): Promise<readonly Turn[]> {
    return jobs.map((job) => this.#turn(job));
  }

  async end({ number }: GangJob): Promise<void> {
    this.#cloud.giveBack(this.#held.get(number) ?? new Map());
    this.#held.delete(number);
  }

  #turn({ number }: GangJob): Turn {
    const zones = this.#zonesOfTurn();
    const machines = this.#size.spread === 'Any' ? this.#anywhere(zones) : (this.#whole(zones) ?? this.#packed(zones));
    if (machines === undefined) return { kind: 'waits', untilMs: this.#cloud.now() };
    this.#held.set(number, machines);
    return { kind: 'acquired', machines };
  }

  #zonesOfTurn(): readonly string[] {
    const { zones, rotates = false } = this.#options;
    const first = rotates ? this.#first++ % zones.length : 0;
    return [...zones.slice(first), ...zones.slice(0, first)].filter((zone) => (this.#coolUntilMs.get(zone) ?? 0) <= this.#cloud.now());
  }

  /** One call that names every zone. */
  #anywhere(zones: readonly string[]): ReadonlyMap<string, number> | undefined {
    const { nodes } = this.#size;
    const machines: ReadonlyMap<string, number> = zones.length === 0 ? new Map() : this.#cloud.launch(zones, nodes, nodes);
    return machines.size > 0 ? machines : this.#nothing(zones);
  }

  #whole(zones: readonly string[]): ReadonlyMap<string, number> | undefined {
    const { nodes } = this.#size;
    for (const zone of zones) {
      const machines = this.#cloud.launch([zone], nodes, nodes);
      if (machines.size > 0) return machines;
      if (!this.#mayPack(zones)) this.#cool(zone);
    }
    return undefined;
  }

  #packed(zones: readonly string[]): ReadonlyMap<string, number> | undefined {
    if (!this.#mayPack(zones)) return undefined;
    const machines = new Map<string, number>();
    let missing = this.#size.nodes;
    for (const zone of zones) {
      const brought = this.#cloud.launch([zone], missing, 1).get(zone) ?? 0;
      if (brought > 0) machines.set(zone, brought);
      missing -= brought;
      if (missing === 0) return machines;
      this.#cool(zone);
    }
    this.#cloud.giveBack(machines);
    return undefined;
  }

  /** One machine cannot be split, and one zone has been asked already. */
  #mayPack(zones: readonly string[]): boolean {
    return this.#size.spread !== 'Single' && this.#size.nodes > 1 && zones.length > 1;
  }

  #nothing(zones: readonly string[]): undefined {
    for (const zone of zones) this.#cool(zone);
  }

  #cool(zone: string): void {
    const { cooldownMs = 0 } = this.#options;
    this.#coolUntilMs.set(zone, this.#cloud.now() + cooldownMs);
  }
}
