import type { JobId } from '../../core/job/ids.ts';
import type { Job, JobEvent, Node } from '../../core/job/job.ts';
import { isTerminal } from '../../core/lifecycle/states.ts';
import { aDeployment, ManualClock, silentLog, someFacts, ZONES } from '../builders/capacity.ts';
import { InMemoryAttemptStore } from '../fakes/in-memory-attempt-store.ts';
import { InMemoryCapacityProvider } from '../fakes/in-memory-capacity-provider.ts';
import { InMemoryCooldownStore } from '../fakes/in-memory-cooldown-store.ts';
import { InMemoryInstanceCatalogue } from '../fakes/in-memory-instance-catalogue.ts';
import { InMemoryJobStore } from '../fakes/in-memory-job-store.ts';
import { InMemoryManifestStore } from '../fakes/in-memory-manifest-store.ts';
import { InMemorySchedulerStore } from '../fakes/in-memory-scheduler-store.ts';
import { InMemoryTable } from '../fakes/in-memory-table.ts';
import { LifecycleWorld } from './lifecycle-world.ts';
import { InMemoryMarketKnowledge } from '../fakes/in-memory-market-knowledge.ts';

const TYPES = ['m6i.large', 'c6i.large'] as const;

function partsOver(table: InMemoryTable) {
  const clock = new ManualClock();
  const deployment = aDeployment({
    intervals: { ...aDeployment().intervals, nodeOnlineTimeout: 60, nodePoll: 5, cooldownBase: 20, cooldownMaximum: 60, orphanGrace: 30, unansweredAfter: 20 },
  });
  const attempts = new InMemoryAttemptStore(table);
  const cooldowns = new InMemoryCooldownStore(table);
  const catalogue = new InMemoryInstanceCatalogue(TYPES.map((type) => someFacts(type)));
  const stores = {
    jobs: new InMemoryJobStore(table),
    attempts,
    manifests: new InMemoryManifestStore(table),
    scheduler: new InMemorySchedulerStore(table),
    cooldowns,
  };
  const capacity = new InMemoryCapacityProvider({ attempts, cooldowns, knowledge: new InMemoryMarketKnowledge(), catalogue, clock, deployment, log: silentLog });
  return { stores, capacity, deployment, clock };
}

/** The whole orchestrator in memory, with a market of two types in three zones. Time moves in ticks. */
export class InMemoryWorld extends LifecycleWorld {
  readonly table: InMemoryTable;
  readonly capacity: InMemoryCapacityProvider;
  readonly arrows = new Set<string>();

  constructor() {
    const table = new InMemoryTable();
    const parts = partsOver(table);
    super(parts);
    this.table = table;
    this.capacity = parts.capacity;
    for (const zone of ZONES) this.stock(zone, 50);
  }

  /** Sets what is free in a zone, of every type and market. */
  stock(zone: string, free: number): void {
    for (const type of TYPES) {
      for (const market of ['spot', 'on-demand']) this.capacity.machines.market.set(`${type}/${zone}/${market}`, free);
    }
  }

  protected override took(arrow: string): void {
    this.arrows.add(arrow);
  }

  job(id: JobId): Job {
    const job = this.table.jobs.get(id);
    if (job === undefined) throw new Error(`no job ${id}`);
    return job;
  }

  history(id: JobId): readonly JobEvent[] {
    return this.table.events.get(id) ?? [];
  }

  /** The node of a rank in the job's attempt. */
  node(id: JobId, rank: number): Node {
    const { attempt } = this.job(id);
    const node = this.table.nodes.get(`${id}/${attempt}`)?.find((one) => one.rank === rank && one.goneAtMs === undefined);
    if (node === undefined) throw new Error(`no node ${rank} of ${id}`);
    return node;
  }

  /** EC2 takes a node back, and its event comes unless it is lost. */
  async lose(node: Node, eventComes = true): Promise<void> {
    this.capacity.machines.reclaim(node.instanceId);
    await this.pass(0);
    if (eventComes) await this.notify({ instanceId: node.instanceId, kind: 'gone' });
  }

  /** One tick: time passes, then everything that is woken by events or by a schedule. */
  async tick(seconds: number): Promise<void> {
    await this.pass(seconds * 1000);
    await this.schedule();
    await this.deliver();
    await this.reconcile();
  }

  /** Ticks until every job has ended, or `most` ticks have passed. */
  async live(most = 60, seconds = 15): Promise<void> {
    for (let n = 0; n < most && !this.isOver(); n += 1) await this.tick(seconds);
    await this.tick(60);
    await this.tick(60);
  }

  isOver(): boolean {
    return [...this.table.jobs.values()].every((job) => isTerminal(job.state));
  }

  /** Instances that run. */
  async running(): Promise<number> {
    return (await this.capacity.machines.describeAll()).length;
  }
}
