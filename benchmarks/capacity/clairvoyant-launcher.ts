import type { GangJob, GangSize, Launcher, Turn } from './launcher.ts';
import type { SimulatedCloud } from './simulated-cloud.ts';

/**
 * Knows the trace: calls only what succeeds, at the very moment at which it can be had, first come, first served. Of
 * the zones that have a whole gang it takes the one in which the others lose least while the gang stands there. Where
 * gangs are in each other's way that is a good choice, not a proven bound.
 */
export class ClairvoyantLauncher implements Launcher {
  readonly #cloud: SimulatedCloud;
  readonly #size: GangSize;
  readonly #holdMs: number;
  readonly #held = new Map<number, ReadonlyMap<string, number>>();

  constructor(cloud: SimulatedCloud, size: GangSize, holdMs: number) {
    this.#cloud = cloud;
    this.#size = size;
    this.#holdMs = holdMs;
  }

  cycleFrom(): number {
    return this.#cloud.nextChangeMs();
  }

  async turns(jobs: readonly GangJob[]): Promise<readonly Turn[]> {
    return jobs.map(({ number }) => {
      const machines = this.#whole() ?? this.#packed();
      if (machines === undefined) return { kind: 'waits', untilMs: this.#cloud.now() };
      this.#held.set(number, machines);
      return { kind: 'acquired', machines };
    });
  }

  async end({ number }: GangJob): Promise<void> {
    this.#cloud.giveBack(this.#held.get(number) ?? new Map());
    this.#held.delete(number);
  }

  #whole(): ReadonlyMap<string, number> | undefined {
    const { nodes } = this.#size;
    const endMs = this.#cloud.now() + this.#holdMs;
    const [best] = this.#cloud.trace.zones
      .filter((zone) => this.#cloud.free(zone) >= nodes)
      .map((zone) => ({ zone, lossMs: this.#cloud.usableMs(zone, nodes, endMs) }))
      .toSorted((a, b) => a.lossMs - b.lossMs);
    return best && this.#cloud.launch([best.zone], nodes, nodes);
  }

  #packed(): ReadonlyMap<string, number> | undefined {
    const { nodes, spread } = this.#size;
    const zones = this.#cloud.trace.zones.filter((zone) => this.#cloud.free(zone) > 0).toSorted((a, b) => this.#cloud.free(b) - this.#cloud.free(a));
    const free = zones.reduce((sum, zone) => sum + this.#cloud.free(zone), 0);
    if (spread === 'Single' || free < nodes) return undefined;
    const machines = new Map<string, number>();
    let missing = nodes;
    for (const zone of zones) {
      if (missing === 0) break;
      const brought = this.#cloud.launch([zone], missing, 1).get(zone) ?? 0;
      machines.set(zone, brought);
      missing -= brought;
    }
    return machines;
  }
}
