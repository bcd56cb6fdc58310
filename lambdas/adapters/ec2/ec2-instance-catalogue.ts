import type { EC2Client, InstanceTypeInfo, _InstanceType } from '@aws-sdk/client-ec2';
import { paginateDescribeInstanceTypeOfferings, paginateDescribeInstanceTypes, paginateDescribeSpotPriceHistory } from '@aws-sdk/client-ec2';
import type { InstanceCatalogue, InstanceTypeFacts } from '../../../core/ports/capacity-provider.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { EventLog } from '../../../core/ports/event-log.ts';
import { patiently } from './ec2-error.ts';
import { ExpiringCache } from '../expiring-cache.ts';

const LIFE_MS = 3_600_000;
/** Prices are a convenience: while they cannot be read, nobody waits for them again and again. */
const PRICE_LIFE_MS = 600_000;

/** Where on-demand prices come from. */
interface OnDemandPrices {
  onDemandMicroUsdPerHour(region: string, instanceType: string): Promise<number | undefined>;
}

export interface Ec2InstanceCataloguePorts {
  /** A client of the region that the deployment serves. */
  readonly ec2: EC2Client;
  readonly region: string;
  readonly prices: OnDemandPrices;
  readonly clock: Clock;
  readonly log: EventLog;
}

/**
 * What EC2 offers, kept for an hour. Needs `ec2:DescribeInstanceTypes`, `ec2:DescribeInstanceTypeOfferings` and
 * `ec2:DescribeSpotPriceHistory` on `*` (the actions know no resource), and `pricing:GetProducts` for the prices;
 * without those of prices the catalogue works and says 0.
 */
export class Ec2InstanceCatalogue implements InstanceCatalogue {
  readonly #ports: Ec2InstanceCataloguePorts;
  readonly #facts: ExpiringCache<InstanceTypeFacts | undefined>;
  readonly #names: ExpiringCache<readonly string[]>;
  readonly #listPrices: ExpiringCache<number>;
  readonly #spotPrices: ExpiringCache<ReadonlyMap<string, number>>;

  constructor(ports: Ec2InstanceCataloguePorts) {
    this.#ports = ports;
    this.#facts = new ExpiringCache(ports.clock, LIFE_MS);
    this.#names = new ExpiringCache(ports.clock, LIFE_MS);
    this.#listPrices = new ExpiringCache(ports.clock, PRICE_LIFE_MS);
    this.#spotPrices = new ExpiringCache(ports.clock, PRICE_LIFE_MS);
  }

  async facts(region: string, instanceTypes: readonly string[]): Promise<ReadonlyMap<string, InstanceTypeFacts>> {
    if (region !== this.#ports.region) return new Map();
    const types = [...new Set(instanceTypes)];
    let batch: Promise<ReadonlyMap<string, InstanceTypeFacts>> | undefined;
    const found = await Promise.all(
      types.map((type) => this.#facts.get(type, async () => (await (batch ??= this.#readFacts(types))).get(type))),
    );
    return new Map(found.flatMap((facts) => (facts ? [[facts.instanceType, facts] as const] : [])));
  }

  async names(region: string): Promise<readonly string[]> {
    if (region !== this.#ports.region) return [];
    return this.#names.get(region, () => this.#readNames());
  }

  async spotMicroUsdPerHour(region: string, instanceType: string, zone: string): Promise<number | undefined> {
    if (region !== this.#ports.region) return undefined;
    const prices = await this.#spotPrices.get(instanceType, () => this.#optional('Spot prices', () => this.#readSpotPrices(instanceType), new Map()));
    return prices.get(zone);
  }

  /** Filters, not ids: EC2 refuses a request that names a type it does not know. */
  async #readFacts(types: readonly string[]): Promise<ReadonlyMap<string, InstanceTypeFacts>> {
    const client = this.#ports.ec2;
    const filter = { Filters: [{ Name: 'instance-type', Values: [...types] }] };
    const [infos, zones] = await Promise.all([
      patiently(async () => {
        const all: InstanceTypeInfo[] = [];
        for await (const page of paginateDescribeInstanceTypes({ client }, filter)) all.push(...(page.InstanceTypes ?? []));
        return all;
      }),
      patiently(async () => {
        const all = new Map<string, string[]>();
        for await (const page of paginateDescribeInstanceTypeOfferings({ client }, { LocationType: 'availability-zone', ...filter })) {
          for (const { InstanceType: type = '', Location: zone = '' } of page.InstanceTypeOfferings ?? []) all.set(type, [...(all.get(type) ?? []), zone]);
        }
        return all;
      }),
    ]);
    const facts = await Promise.all(infos.map(async (info) => toFacts(info, zones, await this.#listPrice(info.InstanceType ?? ''))));
    return new Map(facts.map((fact) => [fact.instanceType, fact]));
  }

  async #listPrice(instanceType: string): Promise<number> {
    const { prices, region } = this.#ports;
    return this.#listPrices.get(instanceType, () =>
      this.#optional('List prices', async () => (await prices.onDemandMicroUsdPerHour(region, instanceType)) ?? 0, 0),
    );
  }

  async #readNames(): Promise<string[]> {
    return patiently(async () => {
      const names: string[] = [];
      for await (const page of paginateDescribeInstanceTypeOfferings({ client: this.#ports.ec2 }, { LocationType: 'region' })) {
        names.push(...(page.InstanceTypeOfferings ?? []).flatMap(({ InstanceType: type }) => type ?? []));
      }
      return names.toSorted();
    });
  }

  /** The latest price of each zone: with a start of now EC2 answers the one in force. */
  async #readSpotPrices(instanceType: string): Promise<ReadonlyMap<string, number>> {
    const latest = new Map<string, { readonly atMs: number; readonly microUsd: number }>();
    const question = { InstanceTypes: [instanceType as _InstanceType], ProductDescriptions: ['Linux/UNIX'], StartTime: new Date(this.#ports.clock.now()) };
    for await (const page of paginateDescribeSpotPriceHistory({ client: this.#ports.ec2 }, question)) {
      for (const { AvailabilityZone: zone = '', SpotPrice: price, Timestamp: at } of page.SpotPriceHistory ?? []) {
        const atMs = at?.getTime() ?? 0;
        if (price !== undefined && atMs >= (latest.get(zone)?.atMs ?? 0)) latest.set(zone, { atMs, microUsd: Math.round(Number(price) * 1e6) });
      }
    }
    return new Map([...latest].map(([zone, { microUsd }]) => [zone, microUsd]));
  }

  async #optional<T>(what: string, read: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await read();
    } catch (error) {
      this.#ports.log.warn(`${what} cannot be read`, { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
      return otherwise;
    }
  }
}

function toFacts(info: InstanceTypeInfo, zones: ReadonlyMap<string, readonly string[]>, microUsdPerHour: number): InstanceTypeFacts {
  const instanceType = info.InstanceType ?? '';
  const adapters = adaptersOf(info);
  const strategies = info.PlacementGroupInfo?.SupportedStrategies;
  return {
    instanceType,
    vcpus: info.VCpuInfo?.DefaultVCpus ?? 0,
    ...(info.VCpuInfo?.DefaultCores === undefined ? {} : { cores: info.VCpuInfo.DefaultCores }),
    memoryMiB: info.MemoryInfo?.SizeInMiB ?? 0,
    gpus: (info.GpuInfo?.Gpus ?? []).reduce((sum, { Count: count = 0 }) => sum + count, 0),
    architecture: info.ProcessorInfo?.SupportedArchitectures?.includes('arm64') ? 'arm64' : 'x86_64',
    efa: info.NetworkInfo?.EfaSupported ?? false,
    ...(adapters === undefined ? {} : { efaInterfaces: adapters }),
    ...(strategies === undefined ? {} : { clusterGroups: strategies.includes('cluster') }),
    zones: (zones.get(instanceType) ?? []).toSorted(),
    microUsdPerHour,
  };
}

/** EC2 does not say which cards carry adapters: of a type with other cards beside, the first may not be one that does. */
function adaptersOf({ NetworkInfo: { NetworkCards: cards = [], EfaInfo: efa } = {} }: InstanceTypeInfo): number | undefined {
  const most = efa?.MaximumEfaInterfaces;
  return most === undefined || cards.length === 0 || cards.length === most ? most : 0;
}
