import type { GangRequest, ImpairedInstance, LaunchedInstance, LaunchOutcome, LaunchRecord, PlannedLaunch, ProviderInstance, ReleaseResult, Unavailable } from '../../core/capacity/gang.ts';
import type { Offering } from '../../core/capacity/offering.ts';
import { offeringKey } from '../../core/capacity/offering.ts';
import { DependencyThrottledError } from '../../core/errors/orchestrator-error.ts';
import { instanceId } from '../../core/job/ids.ts';
import type { EpochMs, InstanceId } from '../../core/job/ids.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { AttemptKey, DoomedInstance, LaunchRequest, Machines } from '../../core/ports/machines.ts';

/** What goes wrong with a launch call, once. */
export type LaunchFault =
  /** The machines are there, the answer is lost. */
  | 'answerLost'
  /** The call never arrives. */
  | 'notSent'
  | 'throttled';

interface Known {
  readonly request: string;
  readonly outcome: LaunchOutcome;
}

interface Source {
  readonly offering: Offering;
  readonly free: number;
}

/**
 * A cloud with a finite market: so many machines per offering, honest errors, launches that a token makes idempotent.
 * What is short is said of the very offerings that are short.
 */
export class InMemoryMachines implements Machines {
  /** Free machines by `offeringKey`; an offering not named has none. */
  readonly market = new Map<string, number>();
  /** Codes with which offerings fail instead of `InsufficientInstanceCapacity`. */
  readonly codes = new Map<string, string>();
  readonly faults: LaunchFault[] = [];
  /** Launches that took place, in order: repeated calls are not among them. */
  readonly launches: LaunchRecord[] = [];
  /** While true, machines do not go when told to. */
  stubborn = false;
  /** Machines that do not go when told to. */
  readonly stuck = new Set<InstanceId>();
  /** Machines that hang, and since when. */
  readonly hanging = new Map<InstanceId, EpochMs>();

  readonly #instances = new Map<InstanceId, ProviderInstance>();
  readonly #answers = new Map<string, Known>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async request(gang: GangRequest, { clientToken, pool }: PlannedLaunch): Promise<LaunchRequest> {
    const oneType = gang.pools.find((candidate) => candidate.pool === pool)?.mix === 'Same';
    return { kind: 'request', request: JSON.stringify({ clientToken, oneType }) };
  }

  async launch(record: LaunchRecord): Promise<LaunchOutcome> {
    const { clientToken, request = '' } = record;
    const fault = this.faults.shift();
    if (fault === 'notSent') throw new Error('the connection was refused');
    if (fault === 'throttled') throw new DependencyThrottledError('too many calls');
    const known = this.#answers.get(clientToken);
    if (known && known.request !== request) throw new Error('the token stands for another request');
    const outcome = known?.outcome ?? this.#serve(record);
    this.#answers.set(clientToken, { request, outcome });
    if (fault === 'answerLost') throw new Error('the connection was lost');
    return outcome;
  }

  #serve(record: LaunchRecord): LaunchOutcome {
    this.launches.push(record);
    const { oneType }: { readonly oneType: boolean } = JSON.parse(record.request ?? '{}');
    const offerings = record.zones.flatMap((zone) => record.instanceTypes.map((instanceType) => ({ instanceType, zone, market: record.market })));
    const all = offerings.map((offering) => ({ offering, free: this.#freeOf(offering) }));
    const sources = oneType ? richestType(all) : all;
    const free = sources.reduce((sum, source) => sum + source.free, 0);
    const take = free < record.minimum ? 0 : Math.min(free, record.count);
    const unavailable: Unavailable[] = take === record.count ? [] : offerings.map((offering) => ({ offering, code: this.codes.get(offeringKey(offering)) ?? 'InsufficientInstanceCapacity', message: 'none left' }));
    const launched: LaunchedInstance[] = [];
    for (const { offering, free: here } of sources) {
      const count = Math.min(here, take - launched.length);
      this.market.set(offeringKey(offering), (this.market.get(offeringKey(offering)) ?? 0) - count);
      for (let index = 0; index < count; index++) launched.push({ ...offering, instanceId: this.#start(record, offering) });
    }
    return { launched, unavailable };
  }

  #freeOf(offering: Offering): number {
    const key = offeringKey(offering);
    return this.codes.has(key) ? 0 : (this.market.get(key) ?? 0);
  }

  #start({ jobId, attempt, pool }: LaunchRecord, offering: Omit<LaunchedInstance, 'instanceId'>): InstanceId {
    const number = this.#instances.size + 1;
    const id = instanceId(`i-${number.toString(16).padStart(17, '0')}`);
    const address = `10.0.${number >> 8}.${number & 255}`;
    this.#instances.set(id, { ...offering, instanceId: id, state: 'running', address, jobId, attempt, pool, launchedAtMs: this.#clock.now() });
    return id;
  }

  async describe({ jobId, attempt }: AttemptKey): Promise<readonly ProviderInstance[]> {
    return [...this.#instances.values()].filter((instance) => instance.jobId === jobId && instance.attempt === attempt);
  }

  async describeAll(): Promise<readonly ProviderInstance[]> {
    return [...this.#instances.values()].filter(({ state }) => state !== 'terminated');
  }

  async impaired(among?: readonly InstanceId[]): Promise<readonly ImpairedInstance[]> {
    const asked = [...this.hanging].filter(([id]) => among?.includes(id) ?? true);
    return asked.flatMap(([id, sinceMs]) => (this.#instances.get(id)?.state === 'running' ? [{ instanceId: id, sinceMs }] : []));
  }

  async find(id: InstanceId): Promise<ProviderInstance | undefined> {
    return this.#instances.get(id);
  }

  /** The cloud takes a machine back, and keeps it. */
  reclaim(id: InstanceId): void {
    const instance = this.#instances.get(id);
    if (instance?.state === 'running') this.#instances.set(id, { ...instance, state: 'terminated' });
  }

  /** Machines of the attempt that run. */
  async running(attempt: AttemptKey): Promise<readonly ProviderInstance[]> {
    return (await this.describe(attempt)).filter(({ state }) => state === 'running');
  }

  async terminate(instances: readonly InstanceId[]): Promise<void> {
    if (this.stubborn) return;
    for (const id of instances) {
      const instance = this.#instances.get(id);
      if (instance?.state !== 'running' || this.stuck.has(id)) continue;
      this.#instances.set(id, { ...instance, state: 'terminated', endedByCall: true });
      const key = offeringKey(instance);
      this.market.set(key, (this.market.get(key) ?? 0) + 1);
    }
  }

  async awaitVisible(attempt: AttemptKey, instances: readonly InstanceId[]): Promise<readonly ProviderInstance[]> {
    return (await this.describe(attempt)).filter(({ instanceId: id }) => instances.includes(id));
  }

  async destroy(attempt: AttemptKey, doomed: readonly DoomedInstance[], everything: boolean): Promise<ReleaseResult> {
    const named = new Set(doomed.map(({ instanceId: id }) => id));
    const concerned = (await this.running(attempt)).filter(({ instanceId: id }) => everything || named.has(id)).map(({ instanceId: id }) => id);
    await this.terminate(concerned);
    const remaining = (await this.running(attempt)).filter(({ instanceId: id }) => concerned.includes(id)).length;
    return { terminated: concerned.length, remaining };
  }
}

/** The sources of the type of which most is there. */
function richestType(sources: readonly Source[]): readonly Source[] {
  const byType = Map.groupBy(sources, ({ offering }) => offering.instanceType);
  const total = (of: readonly Source[]): number => of.reduce((sum, { free }) => sum + free, 0);
  return [...byType.values()].toSorted((a, b) => total(b) - total(a))[0] ?? [];
}
