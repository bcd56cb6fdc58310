import type { InstanceId } from '../job/ids.ts';
import type { Node } from '../job/job.ts';
import type { CapacityPlan, CapacityProvider, Interrupted } from '../ports/capacity-provider.ts';
import type { AttemptKey } from '../ports/machines.ts';
import type { AcquireResult, GangRequest, LaunchRecord, ProviderInstance, ReleaseResult } from './gang.ts';
import { nodesOfGang, replacementNodes } from './gang-nodes.ts';
import type { CapacityPorts } from './launcher.ts';
import { replaceTheSame, settle } from './launcher.ts';
import { LaunchLedger } from './launch-ledger.ts';
import { planLaunches } from './launch-plan.ts';
import { instancesOf } from './launch-progress.ts';
import { readCooldowns, readMarket } from './market-reader.ts';
import type { WholeGang } from './pursuit.ts';
import { finishGivingUp, giveUp, pursue } from './pursuit.ts';
import { replacementGroups } from './replacement.ts';

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
    return planLaunches(gang, ttlSeconds, await readMarket(gang, this.#ports), this.#ports.clock.now());
  }

  async acquire(gang: GangRequest, interrupted: Interrupted): Promise<AcquireResult> {
    const ledger = await LaunchLedger.read(this.#ports.attempts, gang);
    const remaining = await finishGivingUp(gang, ledger, this.#ports);
    if (remaining > 0) return { kind: 'leaked', remaining };
    const result = await pursue(gang, [], ledger, interrupted, this.#ports);
    if (result.kind !== 'whole') return result;
    return { kind: 'acquired', nodes: nodesOfGang(gang, result.held, result.visible, result.view), launches: result.launches };
  }

  async replace(gang: GangRequest, nodes: readonly Node[]): Promise<AcquireResult> {
    const { machines, attempts } = this.#ports;
    const ledger = await LaunchLedger.read(attempts, gang);
    const remaining = await finishGivingUp(gang, ledger, this.#ports);
    if (remaining > 0) return { kind: 'leaked', remaining };
    await machines.terminate(nodes.map(({ instanceId }) => instanceId));
    const whole: { readonly replaced: readonly Node[]; readonly result: WholeGang }[] = [];
    for (const group of replacementGroups(gang, nodes)) {
      const result = await pursue(group.gang, idsOf(group.nodes), ledger, never, this.#ports);
      if (result.kind !== 'whole') return await this.#abandon(gang, whole.map(({ replaced }) => idsOf(replaced)), ledger, result);
      whole.push({ replaced: group.nodes, result });
    }
    return {
      kind: 'acquired',
      nodes: whole.flatMap(({ replaced, result }) => replacementNodes(replaced, result.held, result.visible, result.view)),
      launches: whole.reduce((sum, { result }) => sum + result.launches, 0),
    };
  }

  /** Replacements are all or nothing too: those of other groups go with the one that could not be had. */
  async #abandon(gang: GangRequest, groups: readonly (readonly InstanceId[])[], ledger: LaunchLedger, result: Exclude<AcquireResult, { kind: 'acquired' }>): Promise<AcquireResult> {
    let remaining = 0;
    for (const ids of groups) {
      const own = (): LaunchRecord[] => ledger.records.filter((record) => replaceTheSame(record, ids));
      const last = own().toSorted((a, b) => a.ordinal - b.ordinal).at(-1);
      if (last) remaining += await giveUp(gang, last, 'turn', own, ledger, this.#ports);
    }
    return remaining > 0 ? { kind: 'leaked', remaining } : result;
  }

  /**
   * Terminates what the records and the tags know of an attempt. A launch whose answer is not known is made once more:
   * that tells what it brought, and a caller that stalled before the call can launch nothing after it, since the token is
   * used up.
   */
  async release(attempt: AttemptKey): Promise<ReleaseResult> {
    const { attempts, clock, machines } = this.#ports;
    const ledger = await LaunchLedger.read(attempts, attempt);
    for (const record of ledger.records.filter(({ result }) => result === undefined)) {
      const forgotten = record.requestedAtMs + TOKEN_LIFE_MS < clock.now();
      if (forgotten) await ledger.close(record, { launched: [], unavailable: [] }, clock.now());
      else await settle(record, ledger, await readCooldowns(this.#ports), this.#ports);
    }
    return machines.destroy(attempt, instancesOf(ledger.records), true);
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
}

const idsOf = (nodes: readonly Node[]): InstanceId[] => nodes.map(({ instanceId }) => instanceId);
