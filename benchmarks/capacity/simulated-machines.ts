import { setImmediate } from 'node:timers/promises';
import type { GangRequest, ImpairedInstance, LaunchedInstance, LaunchOutcome, LaunchRecord, PlannedLaunch, ProviderInstance, ReleaseResult } from '../../core/capacity/gang.ts';
import { instanceId, type InstanceId } from '../../core/job/ids.ts';
import type { AttemptKey, DoomedInstance, LaunchRequest, Machines } from '../../core/ports/machines.ts';
import type { SimulatedCloud } from './simulated-cloud.ts';

/** The simulated cloud behind production's port: machines are visible at once and go when told to. */
export class SimulatedMachines implements Machines {
  readonly #cloud: SimulatedCloud;
  readonly #instances = new Map<InstanceId, ProviderInstance>();
  readonly #ofAttempt = new Map<string, Set<InstanceId>>();
  #launched = 0;

  constructor(cloud: SimulatedCloud) {
    this.#cloud = cloud;
  }

  async request(_gang: GangRequest, { clientToken }: PlannedLaunch): Promise<LaunchRequest> {
    return { kind: 'request', request: clientToken };
  }

  /**
   * Every call is answered, so none is made twice. In simulated time it takes none; but it takes longer than reads and
   * writes of the table, of which those of other jobs come to their end meanwhile.
   */
  async launch(record: LaunchRecord): Promise<LaunchOutcome> {
    await setImmediate();
    const { zones, count, minimum, market, instanceTypes: [instanceType = ''] } = record;
    const brought = this.#cloud.launch(zones, count, minimum);
    const launched = [...brought].flatMap(([zone, here]) => Array.from({ length: here }, () => this.#start(record, { instanceType, zone, market })));
    const unavailable = launched.length === count ? [] : zones.map((zone) => ({ offering: { instanceType, zone, market }, code: 'InsufficientInstanceCapacity', message: '' }));
    return { launched, unavailable };
  }

  #start({ jobId, attempt, pool }: LaunchRecord, offering: Omit<LaunchedInstance, 'instanceId'>): LaunchedInstance {
    this.#launched += 1;
    const id = instanceId(`i-${this.#launched.toString(16).padStart(17, '0')}`);
    this.#instances.set(id, { ...offering, instanceId: id, state: 'running', jobId, attempt, pool, launchedAtMs: this.#cloud.now() });
    const key = `${jobId}/${attempt}`;
    this.#ofAttempt.set(key, (this.#ofAttempt.get(key) ?? new Set()).add(id));
    return { ...offering, instanceId: id };
  }

  async describe({ jobId, attempt }: AttemptKey): Promise<readonly ProviderInstance[]> {
    return [...(this.#ofAttempt.get(`${jobId}/${attempt}`) ?? [])].flatMap((id) => this.#instances.get(id) ?? []);
  }

  async describeAll(): Promise<readonly ProviderInstance[]> {
    return [...this.#instances.values()];
  }

  async impaired(): Promise<readonly ImpairedInstance[]> {
    return [];
  }

  async find(id: InstanceId): Promise<ProviderInstance | undefined> {
    return this.#instances.get(id);
  }

  async terminate(instances: readonly InstanceId[]): Promise<void> {
    for (const id of instances) {
      const instance = this.#instances.get(id);
      if (instance === undefined) continue;
      this.#instances.delete(id);
      this.#ofAttempt.get(`${instance.jobId}/${instance.attempt}`)?.delete(id);
      this.#cloud.giveBack(new Map([[instance.zone, 1]]));
    }
  }

  async awaitVisible(attempt: AttemptKey, instances: readonly InstanceId[]): Promise<readonly ProviderInstance[]> {
    return (await this.describe(attempt)).filter(({ instanceId: id }) => instances.includes(id));
  }

  async destroy(attempt: AttemptKey, doomed: readonly DoomedInstance[], everything: boolean): Promise<ReleaseResult> {
    const named = new Set(doomed.map(({ instanceId: id }) => id));
    const concerned = (await this.describe(attempt)).map(({ instanceId: id }) => id).filter((id) => everything || named.has(id));
    await this.terminate(concerned);
    return { terminated: concerned.length, remaining: 0 };
  }
}
