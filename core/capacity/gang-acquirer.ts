import type { EpochMs, InstanceId } from '../job/ids.ts';
import type { Node } from '../job/job.ts';
import type { CapacityPlan, CapacityProvider, Interrupted } from '../ports/capacity-provider.ts';
import type { AttemptKey } from '../ports/machines.ts';
import type { AcquireResult, GangRequest, ImpairedInstance, LaunchRecord, ProviderInstance, ReleaseResult } from './gang.ts';
import { nodesOfGang, replacementNodes } from './gang-nodes.ts';
import type { CapacityPorts } from './launcher.ts';
import { settle } from './launcher.ts';
import { LaunchLedger } from './launch-ledger.ts';
import { planLaunches } from './launch-plan.ts';
import { instancesOf } from './launch-progress.ts';
import { readCooldowns, readMarketForPlan } from './market-reader.ts';
import type { PursuitResult } from './pursuit.ts';
import { finishGivingUp, Pursuit } from './pursuit.ts';
import { reopenReleased } from './reopen.ts';
import { besides, replacementGroups, type ReplacementGroup } from './replacement.ts';

/**
 * How long a client token surely stands for its launch. EC2 forgets tokens after a day; a record that old is not called
 * again but looked for by its tags.
 */
const TOKEN_LIFE_MS = 12 * 3600 * 1000;

interface Pursued {
  readonly pursuit: Pursuit;
  readonly result: PursuitResult;
}

/** A group of nodes that was replaced by others. */
interface Replaced {
  readonly pursuit: Pursuit;
  readonly nodes: readonly Node[];
  readonly launches: number;
}

/** A capacity provider out of the machines of a cloud: all that is not the cloud's own is here. */
export class GangAcquirer implements CapacityProvider {
  readonly #ports: CapacityPorts;

  constructor(ports: CapacityPorts) {
    this.#ports = ports;
  }

  async plan(gang: GangRequest, heldSeconds: number): Promise<CapacityPlan> {
    const view = await readMarketForPlan(gang, this.#ports);
    return planLaunches(gang, heldSeconds, { ...view, asksEarly: true }, this.#ports.clock.now());
  }

  async acquire(gang: GangRequest, interrupted: Interrupted): Promise<AcquireResult> {
    const ledger = await LaunchLedger.read(this.#ports.attempts, gang);
    const remaining = (await this.#endForgotten(gang, ledger)) + (await finishGivingUp(gang, ledger, this.#ports));
    if (remaining > 0) return { kind: 'leaked', remaining };
    const result = await new Pursuit(gang, [], ledger, this.#ports).run(interrupted);
    if (result.kind !== 'whole') return result;
    return { kind: 'acquired', nodes: nodesOfGang(gang, result.held, result.visible, result.view), launches: result.launches };
  }

  async replace(gang: GangRequest, nodes: readonly Node[], interrupted: Interrupted): Promise<AcquireResult> {
    const { machines, attempts } = this.#ports;
    const ledger = await LaunchLedger.read(attempts, gang);
    const remaining = (await this.#endForgotten(gang, ledger)) + (await finishGivingUp(gang, ledger, this.#ports));
    if (remaining > 0) return { kind: 'leaked', remaining };
    await machines.terminate(nodes.map(({ instanceId }) => instanceId));
    const whole: Replaced[] = [];
    for (const group of replacementGroups(gang, nodes)) {
      const { pursuit, result } = await this.#pursueAny(group, whole.flatMap((earlier) => earlier.nodes), ledger, interrupted);
      if (result.kind !== 'whole') return abandonAll([...whole.map((earlier) => earlier.pursuit), pursuit], result);
      const { held, visible, view, launches } = result;
      whole.push({ pursuit, nodes: replacementNodes(group.nodes, held, visible, view), launches });
    }
    // Asked once more: a teardown that went before the last launch became known has not ended it.
    const by = await interrupted();
    if (by) return abandonAll(whole.map(({ pursuit }) => pursuit), { kind: 'interrupted', by });
    return { kind: 'acquired', nodes: whole.flatMap((group) => group.nodes), launches: whole.reduce((sum, { launches }) => sum + launches, 0) };
  }

  /** One of the gangs that may take the places of a group, one after the other while they stay short. `beside`: what others cost. */
  async #pursueAny({ nodes, gangs: [first, ...others] }: ReplacementGroup, beside: readonly Node[], ledger: LaunchLedger, interrupted: Interrupted): Promise<Pursued> {
    const replaced = nodes.map(({ instanceId }) => instanceId);
    const pursue = async (gang: GangRequest): Promise<Pursued> => {
      const pursuit = new Pursuit(besides(gang, beside), replaced, ledger, this.#ports);
      return { pursuit, result: await pursuit.run(interrupted) };
    };
    let pursued = await pursue(first);
    for (const gang of others) {
      if (pursued.result.kind === 'short') pursued = await pursue(gang);
    }
    return pursued;
  }

  /**
   * Terminates what the records and the tags know of an attempt. A launch whose answer is not known is made once more:
   * that tells what it brought, and a caller that stalled before the call can launch nothing after it, since the token is
   * used up. Where that cannot be asked, what is known goes all the same. What was held may be had again at once.
   */
  async release(attempt: AttemptKey): Promise<ReleaseResult> {
    const { attempts, machines } = this.#ports;
    const ledger = await LaunchLedger.read(attempts, attempt);
    try {
      await this.#settleAll(ledger);
    } catch (error) {
      await machines.destroy(attempt, instancesOf(ledger.records), true);
      throw error;
    }
    const released = await machines.destroy(attempt, instancesOf(ledger.records), true);
    if (released.terminated > 0) await reopenReleased(ledger.records, this.#ports);
    return released;
  }

  async #settleAll(ledger: LaunchLedger): Promise<void> {
    const now = this.#ports.clock.now();
    for (const record of openIn(ledger)) {
      if (isForgotten(record, now)) await ledger.close(record, { launched: [], unavailable: [] }, now);
      else await settle(record, ledger, await readCooldowns(this.#ports), this.#ports);
    }
  }

  /**
   * A launch so old that its token stands for nothing any more would launch again. What it brought has the tags of the
   * attempt and is in no record: that goes. Answers how many machines are not seen to go.
   */
  async #endForgotten(attempt: AttemptKey, ledger: LaunchLedger): Promise<number> {
    const { clock, machines } = this.#ports;
    const forgotten = openIn(ledger).filter((record) => isForgotten(record, clock.now()));
    if (forgotten.length === 0) return 0;
    const known = new Set(instancesOf(ledger.records).map(({ instanceId }) => instanceId));
    const strays = (await machines.describe(attempt)).filter(({ instanceId }) => !known.has(instanceId));
    const { remaining } = await machines.destroy(attempt, strays, false);
    if (remaining > 0) return remaining;
    for (const record of forgotten) await ledger.close(record, { launched: [], unavailable: [] }, clock.now());
    return 0;
  }

  async terminate(instances: readonly InstanceId[]): Promise<void> {
    await this.#ports.machines.terminate(instances);
  }

  async describe(attempt: AttemptKey): Promise<readonly ProviderInstance[]> {
    return this.#ports.machines.describe(attempt);
  }

  async describeAll(): Promise<readonly ProviderInstance[]> {
    return this.#ports.machines.describeAll();
  }

  async impaired(among?: readonly InstanceId[]): Promise<readonly ImpairedInstance[]> {
    return this.#ports.machines.impaired(among);
  }

  async find(instanceId: InstanceId): Promise<ProviderInstance | undefined> {
    return this.#ports.machines.find(instanceId);
  }
}

const openIn = (ledger: LaunchLedger): readonly LaunchRecord[] => ledger.records.filter(({ result }) => result === undefined);

function isForgotten({ requestedAtMs }: LaunchRecord, nowMs: EpochMs): boolean {
  return requestedAtMs + TOKEN_LIFE_MS < nowMs;
}

/**
 * Replacements are all or nothing too: those of other groups go with the one that could not be had. What a pursuit gave up
 * itself it does not hold any more. Where the attempt went on without this caller they may be its nodes by now.
 */
async function abandonAll(pursuits: readonly Pursuit[], result: Exclude<PursuitResult, { readonly kind: 'whole' }>): Promise<AcquireResult> {
  if (result.kind === 'interrupted' && result.by === 'superseded') return result;
  let remaining = 0;
  for (const pursuit of pursuits) remaining += await pursuit.abandon();
  return remaining > 0 ? { kind: 'leaked', remaining } : result;
}
