import type { SimulatedProviderSettings } from '../../../core/deployment/deployment.ts';
import type { InstanceCatalogue, InstanceTypeFacts } from '../../../core/ports/capacity-provider.ts';

/** The types of another catalogue at the prices of the simulated cloud: what a rehearsal names is what the job will. */
export class SimulatedCatalogue implements InstanceCatalogue {
  readonly #types: InstanceCatalogue;
  readonly #settings: SimulatedProviderSettings;

  constructor(types: InstanceCatalogue, settings: SimulatedProviderSettings) {
    this.#types = types;
    this.#settings = settings;
  }

  async facts(region: string, instanceTypes: readonly string[]): Promise<ReadonlyMap<string, InstanceTypeFacts>> {
    const facts = await this.#types.facts(region, instanceTypes);
    return new Map([...facts].map(([type, fact]) => [type, { ...fact, microUsdPerHour: this.#price(type) }]));
  }

  async names(region: string): Promise<readonly string[]> {
    return this.#types.names(region);
  }

  async spotMicroUsdPerHour(_region: string, instanceType: string): Promise<number> {
    return this.#price(instanceType);
  }

  #price(instanceType: string): number {
    const { usdPerHour } = this.#settings;
    return Object.hasOwn(usdPerHour, instanceType) ? Math.round((usdPerHour[instanceType] ?? 0) * 1e6) : 0;
  }
}
