import { readFileSync } from 'node:fs';
import type { Deployment } from '../../core/deployment/deployment.ts';
import { epochMs, jobId, microUsd, type EpochMs } from '../../core/job/ids.ts';
import type { Demand, Job, JobEvent, Node, SchedulerReport } from '../../core/job/job.ts';
import { isTerminal } from '../../core/lifecycle/states.ts';
import type { StepDispatch } from '../../core/ports/node-commands.ts';
import { Ec2CapacityProvider } from '../../lambdas/adapters/ec2/ec2-capacity-provider.ts';
import { Ec2InstanceCatalogue } from '../../lambdas/adapters/ec2/ec2-instance-catalogue.ts';
import { PriceList } from '../../lambdas/adapters/pricing/price-list.ts';
import { fixedDeployment } from '../../lib/configuration/deployment-environment.ts';
import { parseConfiguration } from '../../lib/configuration/load.ts';
import { aDeployment, silentLog } from '../../test/builders/capacity.ts';
import { startSimulatedEc2, type SimulatedEc2 } from '../../test/contract/capacity/simulated-ec2.ts';
import { UnitMeter, type Charge } from '../../test/contract/store/unit-meter.ts';
import { createTable, dynamoClient, dynamoStores, type StoreWorld } from '../../test/contract/store/world.ts';
import { FootprintWorld, ShiftedClock } from './footprint-world.ts';
import type { Units } from './units.ts';
import { MeasuredTelemetry, PUBLISHER, type ToldOfJob } from './telemetry.ts';
import { NothingKnown } from '../../core/capacity/nothing-known.ts';

const yaml = readFileSync(new URL('../../examples/gang-64.yaml', import.meta.url), 'utf8');

/** The same job with what makes a cluster of its nodes. */
export type ReferenceRuntime = 'None' | 'Slurm';
const JOB = '01kb3v9m2q7xw4hz8tn6rc5yde';
const DEMAND: Demand = {
  nodes: 65, vcpus: 516, gpus: 0, microUsdPerHour: microUsd(24_768_000), zones: [],
  pools: [
    { nodes: 1, vcpus: 4, types: ['m6i.xlarge'], markets: ['on-demand'] },
    { nodes: 64, vcpus: 512, types: ['c6i.2xlarge', 'm6i.2xlarge'], markets: ['spot', 'on-demand'] },
  ],
};

/** What a scheduler says of a job on all workers. */
const REPORT: SchedulerReport = { id: '1', state: 'COMPLETED', nodes: 'workers-[0-63]', restarts: 0 };

/** How long a step takes on the slowest node, and the command's way there and back. */
const STEP_MS = 60_000;

/** Nodes begin within three seconds and take from thirty seconds to fifty, each its own time. */
function ranOn(rank: number, sentMs: EpochMs): { readonly startMs: EpochMs; readonly endMs: EpochMs } {
  const startMs = sentMs + 500 + ((rank * 617) % 3_000);
  return { startMs: epochMs(startMs), endMs: epochMs(startMs + 30_000 + ((rank * 7_919) % 20_000)) };
}

/** More events than any job of a few steps brings: what takes longer hangs. */
const MOST_DELIVERIES = 50;

/** All that was counted while the reference job lived. */
export interface ReferenceRun {
  readonly job: Job;
  readonly events: readonly JobEvent[];
  readonly nodes: readonly Node[];
  readonly sent: readonly StepDispatch[];
  /** Calls of DynamoDB on the job's behalf, without those of telemetry. */
  readonly charges: readonly Charge[];
  readonly telemetry: ToldOfJob;
  readonly transitions: number;
  /** By function. */
  readonly invocations: ReadonlyMap<string, number>;
  /** A version of the manifest that was not known before. */
  readonly newManifest: Units;
  /** Calls of the reconciler and the scheduler in a minute with nothing to do. */
  readonly idleMinute: Units;
  /** What a running job adds to them. */
  readonly jobMinute: Units;
}

/**
 * Runs `examples/gang-64.yaml` (a head, 64 workers, two hooks and one step of its own) from submission to DONE: the real
 * state machine and functions, the Dynamo adapters on the MiniStack at `endpoint`, the EC2 adapter on the fleet
 * simulator, in a market in which any zone has all of it: a launch for the head, one for the workers. The job is alone,
 * so it pays for the scheduler alone; its manifest was stored before. Under Slurm the same job has a step more, which starts it.
 */
export async function runReferenceJob(endpoint: string, runtime: ReferenceRuntime = 'None'): Promise<ReferenceRun> {
  const deployment = referenceDeployment();
  const [client, observer] = [dynamoClient(endpoint), dynamoClient(endpoint)];
  const ec2 = await startSimulatedEc2(deployment);
  try {
    ec2.supply((['a', 'b', 'c'] as const).flatMap((zone) => [['m6i.xlarge', zone, 'on-demand', 1], ['c6i.2xlarge', zone, 'spot', 64]] as const));
    const table = await createTable(client);
    const world = referenceWorld(() => dynamoStores(client, table), ec2, deployment);
    world.commands.endOf = ({ step }, { rank }) => ({ status: 'exited', exitCode: 0, tail: '', ran: ranOn(rank, world.clock.now()), ...(step.launcher === undefined ? {} : { scheduler: REPORT }) });
    const meter = new UnitMeter(client, observer, world.currentFunction);
    return await new Observation(world, meter, dynamoStores(observer, table), yaml.replace('type: None', `type: ${runtime}`)).run();
  } finally {
    await ec2.close();
    client.destroy();
    observer.destroy();
  }
}

/** As deployed with all defaults. */
function referenceDeployment(): Deployment {
  const { name, limits, intervals } = fixedDeployment(parseConfiguration({}, 'the defaults', 'us-east-1'));
  return { ...aDeployment(), name, limits, intervals };
}

function referenceWorld(newStores: () => StoreWorld, { ec2, pricing }: SimulatedEc2, deployment: Deployment): FootprintWorld {
  const clock = new ShiftedClock();
  const catalogue = new Ec2InstanceCatalogue({ ec2, region: deployment.region, prices: new PriceList(pricing), clock, log: silentLog });
  const stores = newStores();
  const { attempts, cooldowns } = stores;
  const capacity = new Ec2CapacityProvider({ ec2, attempts, cooldowns, knowledge: new NothingKnown('the benchmark asks nobody'), catalogue, clock, deployment, log: silentLog });
  return new FootprintWorld({ stores, capacity, deployment, clock }, () => newStores().manifests);
}

/** Lives the job's life, waking functions as stream, events and schedules do, and keeps what each costs. */
class Observation {
  readonly #world: FootprintWorld;
  readonly #meter: UnitMeter;
  /** The same table, not counted. */
  readonly #unmetered: StoreWorld;
  readonly #manifest: string;
  readonly #id = jobId(JOB);
  readonly #telemetry: MeasuredTelemetry;
  #eventsPublished = 0;

  constructor(world: FootprintWorld, meter: UnitMeter, unmetered: StoreWorld, manifest: string) {
    this.#world = world;
    this.#telemetry = new MeasuredTelemetry(world.ports.jobs);
    this.#meter = meter;
    this.#unmetered = unmetered;
    this.#manifest = manifest;
  }

  async run(): Promise<ReferenceRun> {
    const world = this.#world;
    const newManifest = await this.#apart(() => world.storeManifest(this.#manifest));
    const begin = await this.#charged(() => this.#begin());
    const jobMinute = await this.#apart(() => this.#minute());
    const end = await this.#charged(() => this.#end());
    const idleMinute = await this.#apart(() => this.#minute());
    const { jobs, attempts } = this.#unmetered;
    const charges = [...begin, ...end];
    return {
      job: await this.#job(),
      events: (await jobs.events(this.#id, 1_000)).items,
      nodes: await attempts.nodes(this.#id, 1),
      sent: world.commands.sent,
      charges: charges.filter(({ origin }) => origin !== PUBLISHER),
      telemetry: { ...this.#telemetry.told, ...sumOf(charges.filter(({ origin }) => origin === PUBLISHER)) },
      transitions: world.transitions,
      invocations: world.invocations,
      newManifest,
      idleMinute,
      jobMinute: less(jobMinute, idleMinute),
    };
  }

  async #charged(work: () => Promise<void>): Promise<readonly Charge[]> {
    const from = this.#meter.charges.length;
    await work();
    return this.#meter.charges.slice(from);
  }

  /** What is not the job's own: its invocations do not count. */
  async #apart(work: () => Promise<void>): Promise<Units> {
    const before = new Map(this.#world.invocations);
    const charges = await this.#charged(work);
    this.#world.invocations = before;
    return sumOf(charges);
  }

  /** Until the first step's command is on its way. */
  async #begin(): Promise<void> {
    const world = this.#world;
    await world.asFunction('SubmitJob', () => world.submit(this.#manifest, JOB, DEMAND));
    await this.#publish();
    await world.schedule();
    await this.#publish();
  }

  /** Until the limits are free again. */
  async #end(): Promise<void> {
    for (let n = 0; !isTerminal((await this.#job()).state); n += 1) {
      if (n === MOST_DELIVERIES) throw new Error(`The reference job stays in ${(await this.#job()).state}.`);
      this.#world.clock.advance(STEP_MS);
      await this.#world.deliver();
      await this.#publish();
    }
    await this.#world.schedule();
  }

  /** The stream's records of a moment go to the publisher in one batch. */
  async #publish(): Promise<void> {
    const { items } = await this.#unmetered.jobs.events(this.#id, 1_000);
    const news = items.slice(this.#eventsPublished);
    if (news.length === 0) return;
    this.#eventsPublished = items.length;
    await this.#world.asFunction(PUBLISHER, () => this.#telemetry.tell(news));
  }

  async #minute(): Promise<void> {
    this.#world.clock.advance(60_000);
    await this.#world.schedule();
    await this.#world.reconcile();
  }

  async #job(): Promise<Job> {
    const job = await this.#unmetered.jobs.get(this.#id);
    if (job === undefined) throw new Error('The reference job is gone.');
    return job;
  }
}

export function sumOf(charges: readonly Units[]): Units {
  return charges.reduce<Units>((sum, { writeUnits, readUnits }) => ({ writeUnits: sum.writeUnits + writeUnits, readUnits: sum.readUnits + readUnits }), { writeUnits: 0, readUnits: 0 });
}

function less(a: Units, b: Units): Units {
  return { writeUnits: a.writeUnits - b.writeUnits, readUnits: a.readUnits - b.readUnits };
}
