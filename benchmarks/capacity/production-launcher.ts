import { GangAcquirer } from '../../core/capacity/gang-acquirer.ts';
import type { GangRequest } from '../../core/capacity/gang.ts';
import { openings } from '../../core/capacity/openings.ts';
import type { Deployment } from '../../core/deployment/deployment.ts';
import { jobId } from '../../core/job/ids.ts';
import type { CooldownStore } from '../../core/ports/capacity-provider.ts';
import { deploymentConfiguration } from '../../lib/configuration/schema.ts';
import { aDeployment, silentLog, someFacts } from '../../test/builders/capacity.ts';
import { InMemoryAttemptStore } from '../../test/fakes/in-memory-attempt-store.ts';
import { InMemoryCooldownStore } from '../../test/fakes/in-memory-cooldown-store.ts';
import { InMemoryInstanceCatalogue } from '../../test/fakes/in-memory-instance-catalogue.ts';
import { minuteFrom, type GangJob, type GangSize, type Launcher, type Turn } from './launcher.ts';
import type { SimulatedCloud } from './simulated-cloud.ts';
import { SimulatedMachines } from './simulated-machines.ts';
import { NothingKnown } from '../../core/capacity/nothing-known.ts';

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

  async turns(jobs: readonly GangJob[]): Promise<readonly Turn[]> {
    const started = (await this.#isOpen()) ? jobs.slice(0, MOST_IN_FLIGHT) : [];
    const turns = await Promise.all(started.map((job) => this.#turn(job)));
    return jobs.map((_, index) => turns[index] ?? { kind: 'waits', untilMs: this.#cloud.now() });
  }

  async end(job: GangJob): Promise<void> {
    await this.#provider.release(this.#request(job));
  }

  /** What the scheduler asks before it starts a job. All jobs of a replay are alike. */
  async #isOpen(): Promise<boolean> {
    const nowMs = this.#cloud.now();
    const pool = { nodes: this.#size.nodes, vcpus: this.#size.nodes * 8, types: [INSTANCE_TYPE], markets: ['spot'] } as const;
    return openings(await this.#cooldowns.active(nowMs), this.#deployment, nowMs)([pool], []).open;
  }

  async #turn(job: GangJob): Promise<Turn> {
    const result = await this.#provider.acquire(this.#request(job), async () => undefined);
    switch (result.kind) {
      case 'acquired':
        return { kind: 'acquired', machines: new Map([...Map.groupBy(result.nodes, ({ zone }) => zone)].map(([zone, nodes]) => [zone, nodes.length])) };
      case 'short':
        return { kind: 'waits', untilMs: result.untilMs };
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
