import { LONGEST_COOLDOWN_MS } from '../../core/capacity/cooldown.ts';
import { GangAcquirer } from '../../core/capacity/gang-acquirer.ts';
import { NothingKnown } from '../../core/capacity/nothing-known.ts';
import { offeringKey } from '../../core/capacity/offering.ts';
import { epochMs, type JobId } from '../../core/job/ids.ts';
import type { ParkedEntry } from '../../core/lifecycle/change.ts';
import { waitsOf } from '../../core/lifecycle/waits.ts';
import { mayBeDue } from '../../core/scheduling/parked-turn.ts';
import { planCycle } from '../../core/scheduling/plan-cycle.ts';
import type { CyclePlan } from '../../core/scheduling/plan.ts';
import type { SchedulingPolicy } from '../../core/scheduling/policy.ts';
import type { SchedulingSnapshot } from '../../core/scheduling/snapshot.ts';
import { defaultShareTree } from '../../core/shares/share-tree.ts';
import { schedulingPolicy } from '../../lambdas/queue/scheduling-policy.ts';
import { deploymentConfiguration } from '../../lib/configuration/schema.ts';
import { aDeployment, silentLog, someFacts } from '../../test/builders/capacity.ts';
import { InMemoryAttemptStore } from '../../test/fakes/in-memory-attempt-store.ts';
import { InMemoryCooldownStore } from '../../test/fakes/in-memory-cooldown-store.ts';
import { InMemoryInstanceCatalogue } from '../../test/fakes/in-memory-instance-catalogue.ts';
import { InMemoryMachines } from '../../test/fakes/in-memory-machines.ts';
import { RunningJobs } from '../replay/running-jobs.ts';
import { WaitingJobs } from '../replay/waiting-jobs.ts';
import { byRank } from '../../core/queue/order.ts';
import type { SimulatedTime } from './simulated-time.ts';
import { DEAD, NODES, OTHERS, type StormJob } from './storm-jobs.ts';

/** From the scheduler's word to the first launch call: an execution or a token, and a function that begins. */
const START_MS = 1000;
/** A launch call, and until what it brought is visible. */
const CALL_MS = 2000;
const VISIBLE_MS = 3000;
const MINUTE_MS = 60_000;
/** As the scheduler's loop pauses while it waits for others to find out: longer with each look in vain. */
const MOST_ROUNDS = 8;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 7500;

/** What became of a job. */
export interface Fate {
  readonly job: StormJob;
  readonly startedAtMs: number;
}

/**
 * A deployment in a storm: production's planner, acquirer and cooldowns in simulated time, launch calls that take their
 * time, and a scheduler that is woken by whoever comes or parks and each minute, as its function is.
 */
export class Storm {
  readonly fates: Fate[] = [];
  /** When launch calls for the dead offering were made. */
  readonly deadCallsAtMs: number[] = [];
  /** How often a job was parked. */
  parkings = 0;
  readonly #time: SimulatedTime;
  readonly #jobs: ReadonlyMap<JobId, StormJob>;
  readonly #deployment = aDeployment({ intervals: deploymentConfiguration.parse({}).intervals, limits: { ...aDeployment().limits, maxRunningJobs: 1000 } });
  readonly #machines: InMemoryMachines;
  readonly #cooldowns = new InMemoryCooldownStore();
  readonly #provider: GangAcquirer;
  readonly #waiting = new WaitingJobs(byRank);
  readonly #running: RunningJobs;
  readonly #parked = new Map<JobId, ParkedEntry>();
  readonly #launching = new Set<JobId>();
  #isScheduling = false;
  #isDirty = false;

  constructor(time: SimulatedTime, jobs: readonly StormJob[]) {
    this.#time = time;
    this.#jobs = new Map(jobs.map((job) => [job.entry.jobId, job]));
    this.#running = new RunningJobs(defaultShareTree.halfLifeSeconds, time.now());
    this.#machines = new InMemoryMachines(time);
    this.#slowDown();
    for (const instanceType of OTHERS) this.#machines.market.set(offeringKey({ ...DEAD, instanceType }), jobs.length * NODES);
    this.#provider = new GangAcquirer({
      machines: this.#machines, attempts: new InMemoryAttemptStore(), cooldowns: this.#cooldowns, knowledge: new NothingKnown('a storm asks nobody'),
      catalogue: new InMemoryInstanceCatalogue([DEAD.instanceType, ...OTHERS].map((type) => someFacts(type))), clock: time, deployment: this.#deployment, log: silentLog,
    });
    for (const { entry } of jobs) this.#waiting.add(entry);
  }

  /** All jobs are there, and the scheduler looks for the first time. */
  begin(): void {
    this.#wake();
    void this.#lookEachMinute();
  }

  /** The dead offering has so many machines from now on. */
  revive(machines: number): void {
    this.#machines.market.set(offeringKey(DEAD), machines);
  }

  /** When the cooldown of the dead offering ends or has ended, and for how long it was. */
  async cooldownOfDead(): Promise<{ readonly untilMs: number; readonly ms: number } | undefined> {
    const [cooldown] = await this.#cooldowns.recent(this.#time.now());
    return cooldown && { untilMs: cooldown.untilMs, ms: cooldown.untilMs - cooldown.sinceMs };
  }

  #slowDown(): void {
    const [launch, awaitVisible] = [this.#machines.launch.bind(this.#machines), this.#machines.awaitVisible.bind(this.#machines)];
    this.#machines.launch = async (record) => {
      if (record.instanceTypes.includes(DEAD.instanceType)) this.deadCallsAtMs.push(this.#time.now());
      await this.#time.after(CALL_MS);
      return launch(record);
    };
    this.#machines.awaitVisible = async (attempt, instances) => {
      await this.#time.after(VISIBLE_MS);
      return awaitVisible(attempt, instances);
    };
  }

  async #lookEachMinute(): Promise<void> {
    for (;;) {
      await this.#time.after(MINUTE_MS);
      this.#wake();
    }
  }

  #wake(): void {
    this.#isDirty = true;
    if (!this.#isScheduling) void this.#schedule();
  }

  /** Cycle after cycle while there is something to do; while others find their machines or find out, a pause between two. */
  async #schedule(): Promise<void> {
    this.#isScheduling = true;
    let inVain = 0;
    let goesOn = true;
    while (goesOn) {
      this.#isDirty = false;
      const { started, next } = await this.#cycle();
      inVain = started > 0 ? 0 : inVain + 1;
      if (next === 'later') await this.#time.after(Math.min(FIRST_PAUSE_MS * 2 ** Math.max(inVain - 1, 0), LONGEST_PAUSE_MS));
      goesOn = next !== 'done' || this.#isDirty;
    }
    this.#isScheduling = false;
  }

  /** What comes next is as the scheduler's loop has it. */
  async #cycle(): Promise<{ readonly started: number; readonly next: 'again' | 'later' | 'done' }> {
    const parked = [...this.#parked.values()].filter((entry) => mayBeDue(entry, this.#time.now()));
    const isWanted = parked.length > 0 || this.#waiting.count > 0;
    if (!isWanted || this.#isFull) return { started: 0, next: isWanted ? 'later' : 'done' };
    const { admissions, turns, waiting, wants } = await this.#planAndStart(parked);
    const started = admissions.length + turns.length;
    const isHeldBy = (kind: 'cycle' | 'launches' | 'probe'): boolean => waiting.some(({ obstacle }) => obstacle.kind === kind);
    const isCut = this.#isFull || isHeldBy('cycle') || wants.lanes.length > 0;
    if (started > 0 && isCut) return { started, next: 'again' };
    return { started, next: isHeldBy('launches') || isHeldBy('probe') ? 'later' : 'done' };
  }

  get #isFull(): boolean {
    return this.#launching.size >= defaultShareTree.maxLaunchesInFlight;
  }

  async #planAndStart(parked: readonly ParkedEntry[]): Promise<CyclePlan> {
    const nowMs = this.#time.now();
    this.#running.goOn(nowMs);
    const lanes = this.#waiting.lanes();
    const policy = schedulingPolicy(undefined, this.#deployment, lanes.length);
    const cooldowns = await this.#cooldowns.active(epochMs(nowMs - LONGEST_COOLDOWN_MS));
    const known = { uses: this.#running.uses(() => true), parked, pauses: [], cooldowns, launching: this.#launching.size };
    const plan = this.#plan({ ...known, lanes: this.#waiting.windows(lanes) }, policy);
    for (const start of plan.admissions) {
      this.#waiting.remove(start.entry);
      this.#running.start(start, nowMs);
      void this.#acquire(start.entry.jobId);
    }
    for (const start of plan.turns) {
      this.#parked.delete(start.entry.jobId);
      this.#running.start(start, nowMs);
      void this.#acquire(start.entry.jobId);
    }
    return plan;
  }

  /** As the loop does, it reads on where the plan wants to know more. Limits hold nobody back here, so holders are not asked for. */
  #plan(snapshot: SchedulingSnapshot, policy: SchedulingPolicy): CyclePlan {
    let { lanes } = snapshot;
    for (let round = 1; ; round += 1) {
      const plan = planCycle({ ...snapshot, lanes }, policy, this.#time.now());
      const longer = this.#waiting.readOn(lanes, plan.wants.lanes);
      if (longer === undefined || round === MOST_ROUNDS) return plan;
      lanes = longer;
    }
  }

  async #acquire(id: JobId): Promise<void> {
    const job = this.#jobs.get(id);
    if (job === undefined) throw new Error(`Job ${id} is started and is none of the storm's.`);
    this.#launching.add(id);
    await this.#time.after(START_MS);
    const result = await this.#provider.acquire(job.gang, async () => undefined);
    this.#launching.delete(id);
    const nowMs = this.#time.now();
    if (result.kind === 'acquired') {
      this.fates.push({ job, startedAtMs: nowMs });
    } else if (result.kind === 'short') {
      this.parkings += 1;
      this.#running.end(job.entry, nowMs);
      this.#parked.set(id, { ...job.entry, attempt: 1, token: id, sinceMs: nowMs, untilMs: result.untilMs, ...waitsOf(result) });
      this.#wake();
    } else {
      throw new Error(`The acquisition of job ${id} ended as ${result.kind}, which no storm causes.`);
    }
  }
}
