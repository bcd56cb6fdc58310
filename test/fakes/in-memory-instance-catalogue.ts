import type { InstanceCatalogue, InstanceTypeFacts } from '../../core/ports/capacity-provider.ts';

/** Offers the types that it was given; Spot costs a third. */
export class InMemoryInstanceCatalogue implements InstanceCatalogue {
  readonly #types: ReadonlyMap<string, InstanceTypeFacts>;
  readonly #region: string;

  constructor(types: readonly InstanceTypeFacts[], region = 'us-east-1') {
    this.#types = new Map(types.map((facts) => [facts.instanceType, facts]));
    this.#region = region;
  }

  async facts(region: string, instanceTypes: readonly string[]): Promise<ReadonlyMap<string, InstanceTypeFacts>> {
    if (region !== this.#region) return new Map();
    return new Map([...this.#types].filter(([type]) => instanceTypes.includes(type)));
  }

  async names(region: string): Promise<readonly string[]> {
    return region === this.#region ? [...this.#types.keys()].toSorted() : [];
  }

  async spotMicroUsdPerHour(region: string, instanceType: string, zone: string): Promise<number | undefined> {
    const facts = region === this.#region ? this.#types.get(instanceType) : undefined;
    return facts?.zones.includes(zone) ? Math.round(facts.microUsdPerHour / 3) : undefined;
  }
}
