import { GangAcquirer } from '../../core/capacity/gang-acquirer.ts';
import type { GangRequest } from '../../core/capacity/gang.ts';
import { LONGEST_COOLDOWN_MS } from '../../core/capacity/cooldown.ts';
import type { Cooldown } from '../../core/capacity/offering.ts';
import { openings } from '../../core/capacity/openings.ts';
import type { Deployment } from '../../core/deployment/deployment.ts';
import { epochMs, jobId } from '../../core/job/ids.ts';
import type { ParkedEntry } from '../../core/lifecycle/change.ts';
import { waitsOf } from '../../core/lifecycle/waits.ts';
import type { CooldownStore } from '../../core/ports/capacity-provider.ts';
import { earlyShapes } from '../../core/scheduling/early-shapes.ts';
import { askedEarly, isDue } from '../../core/scheduling/parked-turn.ts';
import { deploymentConfiguration } from '../../lib/configuration/schema.ts';
import { aDeployment, silentLog, someFacts } from '../../test/builders/capacity.ts';
import { InMemoryAttemptStore } from '../../test/fakes/in-memory-attempt-store.ts';
import { InMemoryCooldownStore } from '../../test/fakes/in-memory-cooldown-store.ts';
import { InMemoryInstanceCatalogue } from '../../test/fakes/in-memory-instance-catalogue.ts';
import { minuteFrom, type GangJob, type GangSize, type Launcher, type Turn } from './launcher.ts';
import type { SimulatedCloud } from './simulated-cloud.ts';
import { SimulatedMachines } from './simulated-machines.ts';
import { NothingKnown } from '../../core/capacity/nothing-known.ts';

type Parking = Pick<ParkedEntry, 'sinceMs' | 'untilMs' | 'waitsFor' | 'byClock'>;

/** Acquisitions that run at the same time: the default of `maxLaunchesInFlight`. */
const MOST_IN_FLIGHT = 25;
const INSTANCE_TYPE = 'p3.2xlarge';

/**
 * Ours: production's acquirer with production's default times. As in production the scheduler first looks whether
 * anything is open to a job; those that it starts in one cycle run at the same time, each knowing what was known when
 * it began.
 */
export class ProductionLauncher implements Launcher {
  readonly cycleFrom = minuteFrom;
  readonly #cloud: SimulatedCloud;
  readonly #size: GangSize;
  readonly #deployment: Deployment;
  readonly #cooldowns: CooldownStore = new InMemoryCooldownStore();
  readonly #provider: GangAcquirer;
  readonly #parked = new Map<number, Parking>();

  constructor(cloud: SimulatedCloud, size: GangSize) {
    const { zones } = cloud.trace;
    this.#cloud = cloud;
    this.#size = size;
    this.#deployment = aDeployment({ subnets: Object.fromEntries(zones.map((zone) => [zone, `subnet-${zone}`])), intervals: deploymentConfiguration.parse({}).intervals });
    this.#provider = new GangAcquirer({
      machines: new SimulatedMachines(cloud),
      attempts: new InMemoryAttemptStore(),
      cooldowns: this.#cooldowns,
      knowledge: new NothingKnown('the benchmark asks nobody'), catalogue: new InMemoryInstanceCatalogue([someFacts(INSTANCE_TYPE, { zones })]),
      clock: cloud,
      deployment: this.#deployment,
      log: silentLog,
    });
  }

  /** Whoever waits is asked for in each cycle: when a parked job is due is production's to say. */
  async turns(jobs: readonly GangJob[]): Promise<readonly Turn[]> {
    const nowMs = this.#cloud.now();
    const cooldowns = await this.#cooldowns.active(epochMs(nowMs - LONGEST_COOLDOWN_MS));
    const queued = jobs.filter(({ number }) => !this.#parked.has(number)).map(({ arrivedAtMs }) => ({ shape: 'gang', submittedAtMs: epochMs(arrivedAtMs) }));
    const asksEarly = earlyShapes([{ entries: queued }], nowMs).has('gang');
    const due = jobs.filter(({ number }) => {
      const parking = this.#parked.get(number);
      return parking === undefined || isDue(parking, cooldowns, nowMs) || (asksEarly && askedEarly(parking, cooldowns, nowMs) !== undefined);
    });
    const starting = due.slice(0, this.#mostStarts(cooldowns, asksEarly));
    const turns = new Map<number, Turn>();
    await Promise.all(starting.map(async (job) => turns.set(job.number, await this.#turn(job))));
    return jobs.map(({ number }) => turns.get(number) ?? { kind: 'waits', untilMs: nowMs });
  }

  async end(job: GangJob): Promise<void> {
    await this.#provider.release(this.#request(job));
  }

  /** What the scheduler asks before it starts jobs: where they could but find out whether something is back, one does. */
  #mostStarts(cooldowns: readonly Cooldown[], asksEarly: boolean): number {
    const pool = { nodes: this.#size.nodes, vcpus: this.#size.nodes * 8, types: [INSTANCE_TYPE], markets: ['spot'] } as const;
    const opening = openings(cooldowns, this.#deployment, this.#cloud.now(), asksEarly)([pool], []);
    if (!opening.open) return 0;
    return opening.probes === undefined ? MOST_IN_FLIGHT : 1;
  }

  async #turn(job: GangJob): Promise<Turn> {
    const result = await this.#provider.acquire(this.#request(job), async () => undefined);
    this.#parked.delete(job.number);
    switch (result.kind) {
      case 'acquired':
        return { kind: 'acquired', machines: new Map([...Map.groupBy(result.nodes, ({ zone }) => zone)].map(([zone, nodes]) => [zone, nodes.length])) };
      case 'short':
        this.#parked.set(job.number, { sinceMs: this.#cloud.now(), untilMs: result.untilMs, ...waitsOf(result) });
        return { kind: 'waits', untilMs: this.#cloud.now() };
      case 'rejected':
      case 'leaked':
      case 'interrupted':
        throw new Error(`The acquisition of job ${job.number} ended as ${result.kind}, which no trace causes.`);
    }
  }

  #request({ number }: GangJob): GangRequest {
    const { nodes, spread } = this.#size;
    return {
      jobId: jobId(String(number).padStart(26, '0')), attempt: 1, namespace: 'bench', labels: {}, region: this.#deployment.region, zones: [], spread,
      pools: [{ pool: 'workers', count: nodes, instanceTypes: [INSTANCE_TYPE], purchaseOption: 'Spot', mix: 'Any', efa: false }],
    };
  }
}
