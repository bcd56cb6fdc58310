import type { EpochMs, InstanceId } from '../job/ids.ts';
import type { Node } from '../job/job.ts';
import type { CapacityPlan, CapacityProvider, Interrupted } from '../ports/capacity-provider.ts';
import type { AttemptKey } from '../ports/machines.ts';
import type { AcquireResult, GangRequest, LaunchRecord, ProviderInstance, ReleaseResult } from './gang.ts';
import { nodesOfGang, replacementNodes } from './gang-nodes.ts';
import type { CapacityPorts } from './launcher.ts';
import { settle } from './launcher.ts';
import { LaunchLedger } from './launch-ledger.ts';
import { planLaunches } from './launch-plan.ts';
import { instancesOf } from './launch-progress.ts';
import { readCooldowns, readMarketForPlan } from './market-reader.ts';
import type { PursuitResult, WholeGang } from './pursuit.ts';
import { finishGivingUp, Pursuit } from './pursuit.ts';
import { reopenReleased } from './reopen.ts';
import { replacementGroups, type ReplacementGroup } from './replacement.ts';

/**
 * How long a client token surely stands for its launch. EC2 forgets tokens after a day; a record that old is not called
 * again but looked for by its tags.
 */
const TOKEN_LIFE_MS = 12 * 3600 * 1000;

const never: Interrupted = async () => undefined;

/** A capacity provider out of the machines of a cloud: all that is not the cloud's own is here. */
export class GangAcquirer implements CapacityProvider {
  readonly #ports: CapacityPorts;

  constructor(ports: CapacityPorts) {
    this.#ports = ports;
  }

  async plan(gang: GangRequest, ttlSeconds: number): Promise<CapacityPlan> {
    return planLaunches(gang, ttlSeconds, await readMarketForPlan(gang, this.#ports), this.#ports.clock.now());
  }

  async acquire(gang: GangRequest, interrupted: Interrupted): Promise<AcquireResult> {
    const ledger = await LaunchLedger.read(this.#ports.attempts, gang);
    const remaining = (await this.#endForgotten(gang, ledger)) + (await finishGivingUp(gang, ledger, this.#ports));
    if (remaining > 0) return { kind: 'leaked', remaining };
    const result = await new Pursuit(gang, [], ledger, this.#ports).run(interrupted);
    if (result.kind !== 'whole') return result;
    return { kind: 'acquired', nodes: nodesOfGang(gang, result.held, result.visible, result.view), launches: result.launches };
  }

  async replace(gang: GangRequest, nodes: readonly Node[]): Promise<AcquireResult> {
    const { machines, attempts } = this.#ports;
    const ledger = await LaunchLedger.read(attempts, gang);
    const remaining = (await this.#endForgotten(gang, ledger)) + (await finishGivingUp(gang, ledger, this.#ports));
    if (remaining > 0) return { kind: 'leaked', remaining };
    await machines.terminate(nodes.map(({ instanceId }) => instanceId));
    const whole: { readonly pursuit: Pursuit; readonly replaced: readonly Node[]; readonly result: WholeGang }[] = [];
    for (const group of replacementGroups(gang, nodes)) {
      const { pursuit, result } = await this.#pursueAny(group, ledger);
      if (result.kind !== 'whole') return abandonAll(whole.map((earlier) => earlier.pursuit), result);
      whole.push({ pursuit, replaced: group.nodes, result });
    }
    return {
      kind: 'acquired',
      nodes: whole.flatMap(({ replaced, result }) => replacementNodes(replaced, result.held, result.visible, result.view)),
      launches: whole.reduce((sum, { result }) => sum + result.launches, 0),
    };
  }

  /** One of the gangs that may take the places of a group, one after the other while they stay short. */
  async #pursueAny({ nodes, gangs: [first, ...others] }: ReplacementGroup, ledger: LaunchLedger): Promise<{ readonly pursuit: Pursuit; readonly result: PursuitResult }> {
    const replaced = nodes.map(({ instanceId }) => instanceId);
    const pursue = async (gang: GangRequest) => {
      const pursuit = new Pursuit(gang, replaced, ledger, this.#ports);
      return { pursuit, result: await pursuit.run(never) };
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

  async find(instanceId: InstanceId): Promise<ProviderInstance | undefined> {
    return this.#ports.machines.find(instanceId);
  }
}

const openIn = (ledger: LaunchLedger): readonly LaunchRecord[] => ledger.records.filter(({ result }) => result === undefined);

function isForgotten({ requestedAtMs }: LaunchRecord, nowMs: EpochMs): boolean {
  return requestedAtMs + TOKEN_LIFE_MS < nowMs;
}

/** Replacements are all or nothing too: those of other groups go with the one that could not be had. */
async function abandonAll(pursuits: readonly Pursuit[], result: Exclude<AcquireResult, { readonly kind: 'acquired' }>): Promise<AcquireResult> {
  let remaining = 0;
  for (const pursuit of pursuits) remaining += await pursuit.abandon();
  return remaining > 0 ? { kind: 'leaked', remaining } : result;
}
