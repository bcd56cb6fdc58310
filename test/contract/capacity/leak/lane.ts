import { setTimeout as delay } from 'node:timers/promises';
import type { AcquireResult, GangRequest, ReleaseResult } from '../../../../core/capacity/gang.ts';
import type { Deployment } from '../../../../core/deployment/deployment.ts';
import { scopeKey } from '../../../../core/capacity/offering.ts';
import { epochMs, jobId, type JobId } from '../../../../core/job/ids.ts';
import type { Node } from '../../../../core/job/job.ts';
import { isLive } from '../../../../local/fleet/model.ts';
import { aGang } from '../../../builders/capacity.ts';
import { InMemoryAttemptStore } from '../../../fakes/in-memory-attempt-store.ts';
import { InMemoryCooldownStore } from '../../../fakes/in-memory-cooldown-store.ts';
import { InMemoryTable } from '../../../fakes/in-memory-table.ts';
import type { SimulatedEc2 } from '../simulated-ec2.ts';
import type { Life } from './lives.ts';
import { MortalWorker, type Ending } from './mortal-worker.ts';
import type { Death, Phase } from './phases.ts';
import type { Remote, Work } from './work.ts';
import type { WorkerProgram } from './worker-program.ts';

/** Orders that fail are given again, as the state machine does; one that fails so often never succeeds. */
const MOST_TRIES = 25;
/** Turns of a job that stays short. */
const MOST_TURNS = 3;

export interface LaneParts {
  readonly number: number;
  readonly types: readonly string[];
  readonly zones: readonly string[];
  readonly deployment: Deployment;
  readonly cloud: SimulatedEc2;
  readonly program: WorkerProgram;
  readonly killed: (at: Phase) => void;
}

/** A job that lives on, and its machines. */
export interface Living {
  readonly job: string;
  readonly gang: GangRequest;
  readonly nodes: readonly Node[];
}

type Deaths = readonly (Death | { readonly afterMs: number })[];

/**
 * Jobs one after the other, on offerings of the lane's own, so that what becomes of them depends on the seed and not on
 * the other lanes. They share the lane's stores, and the machines of those that live on are missing to the next.
 */
export class Lane {
  readonly living: Living[] = [];
  readonly #parts: LaneParts;
  readonly #worker: MortalWorker;
  readonly #attempts: InMemoryAttemptStore;
  readonly #cooldowns: InMemoryCooldownStore;
  /** Jobs that are torn down. */
  readonly #over = new Set<JobId>();

  constructor(parts: LaneParts) {
    this.#parts = parts;
    this.#worker = new MortalWorker(parts.program, { endpoint: parts.cloud.simulator.url, deployment: parts.deployment });
    const table = new InMemoryTable();
    this.#attempts = new InMemoryAttemptStore(table);
    this.#cooldowns = new InMemoryCooldownStore(table);
  }

  async live(lives: readonly Life[]): Promise<void> {
    try {
      for (const [index, life] of lives.entries()) await this.#live(life, index);
    } finally {
      await this.#worker.end();
    }
  }

  async #live(life: Life, index: number): Promise<void> {
    const { number, zones } = this.#parts;
    const gang = aGang({ jobId: jobId(`01hleak${String(number).padStart(3, '0')}${String(index).padStart(16, '0')}`), zones, spread: life.spread, pools: life.pools });
    await this.#prepare(life, gang);
    const job = `life ${index} of lane ${number}`;
    if (life.fate === 'is cancelled when nobody seeks') await this.#dieOnly(life, gang);
    else await this.#seek(life, gang, job);
    this.#forgetMishaps(gang);
    this.#check(job, gang);
  }

  async #seek(life: Life, gang: GangRequest, job: string): Promise<void> {
    const result = await this.#acquire(life, gang);
    if (result.kind === 'acquired' && life.fate !== 'is cancelled') {
      this.living.push({ job, gang, nodes: life.fate === 'loses a node' ? await this.#replaceOne(life, gang, result.nodes) : result.nodes });
    } else if (result.kind === 'acquired' || result.kind === 'interrupted') {
      await this.#release(life, gang);
    }
  }

  /** Nobody goes on after the last death, unless it was none: who stands still wakes when all is over. */
  async #dieOnly(life: Life, gang: GangRequest): Promise<void> {
    const endings: Ending[] = [];
    for (const death of life.deaths) endings.push(await this.#worker.carryOut({ kind: 'acquire', gang }, this.#remote(life, gang), death));
    await this.#release(life, gang);
    for (const ending of endings) {
      if (ending.kind === 'stalled') await ending.wake();
      else this.#parts.killed(ending.at);
    }
  }

  /** The gang, or the last answer of the last turn. */
  async #acquire(life: Life, gang: GangRequest): Promise<AcquireResult> {
    for (let turn = 1, deaths: Deaths = life.deaths; ; turn++, deaths = []) {
      const result = await this.#carryOut({ kind: 'acquire', gang }, deaths, life);
      if (!('kind' in result)) throw new Error('an acquisition that answers a release');
      if (result.kind === 'leaked') turn--;
      else if (result.kind !== 'short' || turn === MOST_TURNS) return result;
      else await delay(Math.max(0, result.untilMs - Date.now()));
      this.#supply(life, turn + 1);
    }
  }

  async #replaceOne(life: Life, gang: GangRequest, nodes: readonly Node[]): Promise<readonly Node[]> {
    const [lost, ...others] = nodes;
    if (!lost) throw new Error('a gang without nodes');
    this.#supply(life, 9);
    const result = await this.#carryOut({ kind: 'replace', gang, nodes: [lost] }, life.laterDeaths.map(asOfAcquisition), life);
    if (!('kind' in result) || result.kind !== 'acquired') {
      // The attempt ends: a node that cannot be replaced fails it.
      await this.#release({ ...life, laterDeaths: [] }, gang);
      return [];
    }
    return [...result.nodes, ...others];
  }

  async #release(life: Life, gang: GangRequest): Promise<void> {
    this.#over.add(gang.jobId);
    for (let tries = 0, deaths: Deaths = life.laterDeaths; tries < MOST_TRIES; tries++, deaths = []) {
      const result = await this.#carryOut({ kind: 'release', gang }, deaths, life);
      if ('remaining' in result && result.remaining === 0) return;
    }
    throw new Error('a release that never ends');
  }

  /** Gives an order until somebody lives to answer it. */
  async #carryOut(work: Work, deaths: Deaths, life: Life): Promise<AcquireResult | ReleaseResult> {
    const toDie = [...deaths];
    const errors: string[] = [];
    while (errors.length < MOST_TRIES) {
      const ending: Ending = await this.#worker.carryOut(work, this.#remote(life, work.gang), toDie.shift());
      if (ending.kind === 'done') return ending.result;
      if (ending.kind === 'stalled') throw new Error('a process stands still that nobody wakes');
      if (ending.kind === 'died') this.#parts.killed(ending.at);
      else errors.push(ending.error);
    }
    throw new Error(`${work.kind} never succeeds: ${errors.join('; ')}`);
  }

  #remote({ fate, stoppedAt }: Life, gang: GangRequest): Remote {
    const [attempts, cooldowns] = [this.#attempts, this.#cooldowns];
    const by = { 'is cancelled on the way': 'cancelled', 'runs out of time': 'timedOut' } as const;
    return {
      openLaunch: (launch) => attempts.openLaunch(launch),
      closeLaunch: (launch) => attempts.closeLaunch(launch),
      launches: (job, attempt) => attempts.launches(job, attempt),
      recent: (nowMs) => cooldowns.recent(nowMs),
      record: (learnt) => cooldowns.record(learnt),
      replace: (known, next) => cooldowns.replace(known, next),
      clear: (keys) => cooldowns.clear(keys),
      interrupted: async () => {
        if (this.#over.has(gang.jobId)) return 'cancelled';
        const launches = await attempts.launches(gang.jobId, gang.attempt);
        return fate in by && launches.length >= stoppedAt ? by[fate as keyof typeof by] : undefined;
      },
    };
  }

  async #prepare(life: Life, { jobId: id }: GangRequest): Promise<void> {
    const { simulator } = this.#parts.cloud;
    if (life.afresh) await this.#cooldowns.clear((await this.#cooldowns.recent(epochMs(Date.now()))).map(({ scope }) => scopeKey(scope)));
    simulator.context.market.change({ visibility: { instanceMs: life.visibleAfterMs } });
    this.#supply(life, 1);
    simulator.context.faults.add(life.mishaps.map((mishap) => ({ ...mishap, jobId: id })));
  }

  /** So many times what the seed has is free, beside what lives on. */
  #supply({ supply }: Life, times: number): void {
    const { cloud } = this.#parts;
    const { market, instances } = cloud.simulator.context;
    const live = instances.values().filter(isLive);
    const capacity = offeringsOf(this.#parts).map((offering, index) => {
      const held = live.filter(({ type, zone, market: kind }) => type === offering.type && zone === offering.zone && kind === offering.market).length;
      return { ...offering, capacity: held + times * (supply[index] ?? 0) };
    });
    market.change({ capacity });
  }

  #forgetMishaps({ jobId: id }: GangRequest): void {
    const { faults } = this.#parts.cloud.simulator.context;
    for (const fault of faults.list().filter((standing) => standing.jobId === id)) faults.remove(fault.id);
  }

  /** What exists of a job is what it knows of, to the machine. */
  #check(job: string, { jobId: id }: GangRequest): void {
    const { instances } = this.#parts.cloud.simulator.context;
    const live = instances.values().filter((instance) => isLive(instance) && instance.tags['orchestrator:job'] === id).map((instance) => instance.id);
    const known = this.living.find(({ gang }) => gang.jobId === id)?.nodes.map(({ instanceId }) => instanceId) ?? [];
    if (live.toSorted().join() !== known.toSorted().join()) throw new Error(`${job}: there are [${live.join(' ')}], it knows of [${known.join(' ')}]`);
  }
}

function asOfAcquisition(death: Deaths[number]): Deaths[number] {
  return 'on' in death && death.on.startsWith('release') ? { ...death, on: 'any' } : death;
}

/** Type, zone and market of all that a lane may be given. */
export function offeringsOf({ types, zones }: Pick<LaneParts, 'types' | 'zones'>) {
  return types.flatMap((type) => zones.flatMap((zone) => (['spot', 'on-demand'] as const).map((market) => ({ type, zone, market }))));
}
