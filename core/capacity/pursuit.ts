import type { InstanceId } from '../job/ids.ts';
import type { Interrupted } from '../ports/capacity-provider.ts';
import type { AttemptKey } from '../ports/machines.ts';
import type { AcquireResult, GangRequest, LaunchRecord, ProviderInstance } from './gang.ts';
import type { CapacityPorts } from './launcher.ts';
import { makeLaunch, replaceTheSame, settle } from './launcher.ts';
import type { LaunchLedger } from './launch-ledger.ts';
import type { AcquisitionStep } from './launch-order.ts';
import { nextStep } from './launch-order.ts';
import type { HeldInstance } from './launch-progress.ts';
import { givenUpInstances, progressOf } from './launch-progress.ts';
import { readMarket } from './market-reader.ts';
import type { MarketView } from './market-view.ts';
import { Probes } from './probes.ts';
import { isReclaim } from './reclaimed.ts';

/** All machines of a gang, each visible and alive. */
export interface WholeGang {
  readonly kind: 'whole';
  readonly held: readonly HeldInstance[];
  readonly visible: ReadonlyMap<InstanceId, ProviderInstance>;
  readonly view: MarketView;
  readonly launches: number;
}

export type PursuitResult = WholeGang | Exclude<AcquireResult, { readonly kind: 'acquired' }>;
type StepOf<Kind extends AcquisitionStep['kind']> = Extract<AcquisitionStep, { readonly kind: Kind }>;

/**
 * Pursues a gang until it is whole or nothing more can be tried: step by step as `nextStep` says, each launch recorded
 * before its call. What stays short is given up and seen to go before the answer.
 */
export class Pursuit {
  readonly #gang: GangRequest;
  readonly #replaced: readonly InstanceId[];
  readonly #ledger: LaunchLedger;
  readonly #ports: CapacityPorts;
  readonly #probes: Probes;
  /** Decided once for a turn. */
  #asksEarly: boolean | undefined;

  /** @param replaced the instances that this gang replaces; none for the gang of an attempt itself */
  constructor(gang: GangRequest, replaced: readonly InstanceId[], ledger: LaunchLedger, ports: CapacityPorts) {
    this.#gang = gang;
    this.#replaced = replaced;
    this.#ledger = ledger;
    this.#ports = ports;
    this.#probes = new Probes(gang.jobId, ports);
  }

  async run(interrupted: Interrupted): Promise<PursuitResult> {
    let view = await this.#readMarket();
    const { jobId, attempt } = this.#gang;
    if (view.without?.length) this.#ports.log.info('Some of the market is not known', { jobId, attempt, without: view.without });
    for (let isNew = true; ; isNew = false) {
      const by = await interrupted();
      let step = this.#nextStep(view);
      // Time that is over ends the search, not what it has found.
      if (by && !(by === 'timedOut' && step.kind === 'acquired')) return { kind: 'interrupted', by };
      if (step.kind !== 'acquired' && !isNew) {
        // The last step took time: others may have learnt about a market meanwhile, or somebody paused it.
        view = await this.#readMarket();
        step = this.#nextStep(view);
      }
      if (step.kind === 'launch' || step.kind === 'settle') await this.#launch(step, view);
      else {
        const result = await this.#conclude(step, view);
        if (result) return result;
      }
    }
  }

  /** Gives up all that this pursuit holds; answers how many machines are not seen to go. */
  async abandon(): Promise<number> {
    const last = this.#records.toSorted((a, b) => a.ordinal - b.ordinal).at(-1);
    // One whose answer is not known is left to the release, which finds out. What has been given up is not once more.
    return last?.result === undefined || last.ends === 'turn' ? 0 : this.#giveUp(last, 'turn');
  }

  get #records(): LaunchRecord[] {
    return this.#ledger.records.filter((record) => replaceTheSame(record, this.#replaced));
  }

  #nextStep(view: MarketView): AcquisitionStep {
    return nextStep(this.#gang, this.#records, this.#ledger.nextOrdinal, view, this.#ports.clock.now());
  }

  async #readMarket(): Promise<MarketView> {
    const known = await readMarket(this.#gang, this.#ports);
    const cooldowns = this.#gang.despiteReclaims ? known.cooldowns.filter((cooldown) => !isReclaim(cooldown)) : known.cooldowns;
    const view = this.#probes.ownView({ ...known, cooldowns });
    this.#asksEarly ??= this.#mayAskEarly(view);
    return { ...view, asksEarly: this.#asksEarly };
  }

  /** In a first turn, and in one that the scheduler has given though everything cools. Nodes that are replaced wait as others do. */
  #mayAskEarly(view: MarketView): boolean {
    if (this.#replaced.length > 0) return false;
    return !this.#records.some(({ ends }) => ends === 'turn') || this.#nextStep(view).kind === 'short';
  }

  /** A launch that another job probes for all is left to it. */
  async #launch(step: StepOf<'launch' | 'settle'>, view: MarketView): Promise<void> {
    if (step.kind === 'settle') {
      await settle(step.launch, this.#ledger, view, this.#ports);
    } else if (await this.#probes.claim(step.launch, view)) {
      const planned = this.#replaced.length > 0 ? { ...step.launch, replaces: this.#replaced } : step.launch;
      await makeLaunch(this.#gang, planned, this.#ledger, view, this.#ports);
    }
  }

  /** The result that a step without a launch leads to; `undefined`: the pursuit goes on. */
  async #conclude(step: StepOf<'backtrack' | 'short' | 'rejected' | 'acquired'>, view: MarketView): Promise<PursuitResult | undefined> {
    if (step.kind === 'acquired') return this.#complete(step.held, view);
    const launches = this.#launches;
    const { last, ...answer } = step;
    const remaining = last ? await this.#giveUp(last, answer.kind === 'backtrack' ? 'try' : 'turn') : 0;
    if (remaining > 0) return { kind: 'leaked', remaining };
    switch (answer.kind) {
      case 'backtrack':
        return undefined;
      case 'short':
        return { ...answer, launches };
      case 'rejected':
        return answer;
    }
  }

  /** A machine that died before the gang was whole counts as one that was never had. */
  async #complete(held: readonly HeldInstance[], view: MarketView): Promise<WholeGang | undefined> {
    const instances = await this.#ports.machines.awaitVisible(this.#gang, held.map(({ instanceId }) => instanceId));
    const visible = new Map(instances.map((instance) => [instance.instanceId, instance]));
    const lost = new Set(held.map(({ instanceId }) => instanceId).filter((id) => !isAlive(visible.get(id))));
    if (lost.size === 0) return { kind: 'whole', held, visible, view, launches: this.#launches };
    for (const record of this.#records) await this.#ledger.strikeOff(record, lost);
    return undefined;
  }

  /** Launch calls of this turn. */
  get #launches(): number {
    return progressOf(this.#gang, this.#records).turn.length;
  }

  /** First in the records, so that nobody counts on it, then in truth. */
  async #giveUp(last: LaunchRecord, ends: 'try' | 'turn'): Promise<number> {
    const { machines, log } = this.#ports;
    const { jobId, attempt } = this.#gang;
    const { held } = progressOf(this.#gang, this.#records);
    await this.#ledger.end(last, ends);
    if (held.length === 0) return 0;
    log.info('Gang given up', { jobId, attempt, instances: held.length, ends });
    return (await machines.destroy(this.#gang, held, false)).remaining;
  }
}

function isAlive(instance: ProviderInstance | undefined): boolean {
  return instance?.state === 'pending' || instance?.state === 'running';
}

/** Finishes a giving up that was recorded and then cut short; answers how many machines are still not going. */
export async function finishGivingUp(attempt: AttemptKey, ledger: LaunchLedger, { machines }: CapacityPorts): Promise<number> {
  const pursuits = new Map(ledger.records.map(({ replaces = [] }) => [replaces.join(), replaces]));
  const doomed = [...pursuits.values()].flatMap((replaced) => givenUpInstances(ledger.records.filter((record) => replaceTheSame(record, replaced))));
  return doomed.length === 0 ? 0 : (await machines.destroy(attempt, doomed, false)).remaining;
}
