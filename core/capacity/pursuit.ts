import type { InstanceId } from '../job/ids.ts';
import type { Interrupted } from '../ports/capacity-provider.ts';
import type { AcquireResult, GangRequest, LaunchRecord, ProviderInstance } from './gang.ts';
import type { CapacityPorts } from './launcher.ts';
import { makeLaunch, replaceTheSame, settle } from './launcher.ts';
import type { LaunchLedger } from './launch-ledger.ts';
import { nextStep } from './launch-order.ts';
import type { HeldInstance } from './launch-progress.ts';
import { givenUpInstances, progressOf } from './launch-progress.ts';
import { readMarket } from './market-reader.ts';
import type { MarketView } from './market-view.ts';

/** All machines of a gang, each visible or dying no more. */
export interface WholeGang {
  readonly kind: 'whole';
  readonly held: readonly HeldInstance[];
  readonly visible: ReadonlyMap<InstanceId, ProviderInstance>;
  readonly view: MarketView;
  readonly launches: number;
}

export type PursuitResult = WholeGang | Exclude<AcquireResult, { readonly kind: 'acquired' }>;

/**
 * Pursues a gang until it is whole or nothing more can be tried: step by step as `nextStep` says, each launch recorded
 * before its call. What stays short is given up and seen to go before the answer.
 *
 * @param replaced the instances that this gang replaces; none for the gang of an attempt itself
 */
export async function pursue(gang: GangRequest, replaced: readonly InstanceId[], ledger: LaunchLedger, interrupted: Interrupted, ports: CapacityPorts): Promise<PursuitResult> {
  const own = (): LaunchRecord[] => ledger.records.filter((record) => replaceTheSame(record, replaced));
  let view = await readMarket(gang, ports);
  for (;;) {
    const by = await interrupted();
    if (by) return { kind: 'interrupted', by };
    const step = nextStep(gang, own(), ledger.nextOrdinal, view, ports.clock.now());
    switch (step.kind) {
      case 'settle':
      case 'launch': {
        const planned = replaced.length > 0 ? { ...step.launch, replaces: replaced } : step.launch;
        const answered = step.kind === 'settle' ? await settle(step.launch, ledger, view, ports) : await makeLaunch(gang, planned, ledger, view, ports);
        if (answered.result?.launched.length !== answered.count) view = await readMarket(gang, ports);
        break;
      }
      case 'backtrack': {
        const remaining = await giveUp(gang, step.last, 'try', own, ledger, ports);
        if (remaining > 0) return { kind: 'leaked', remaining };
        break;
      }
      case 'short':
      case 'rejected': {
        const { last, ...answer } = step;
        const remaining = last ? await giveUp(gang, last, 'turn', own, ledger, ports) : 0;
        if (remaining > 0) return { kind: 'leaked', remaining };
        return answer.kind === 'short' ? { ...answer, launches: progressOf(gang, own()).turn.length } : answer;
      }
      case 'acquired': {
        const visible = await visibleOf(gang, step.held, ports);
        const lost = step.held.filter(({ instanceId }) => isDying(visible.get(instanceId)));
        if (lost.length === 0) return { kind: 'whole', held: step.held, visible, view, launches: progressOf(gang, own()).turn.length };
        // A machine that died before the gang was whole counts as one that was never had.
        for (const record of own()) await ledger.strikeOff(record, new Set(lost.map(({ instanceId }) => instanceId)));
        break;
      }
    }
  }
}

/** Gives up what the launches up to `last` brought: first in the records, so that nobody counts on it, then in truth. */
export async function giveUp(gang: GangRequest, last: LaunchRecord, ends: 'try' | 'turn', own: () => readonly LaunchRecord[], ledger: LaunchLedger, { machines, log }: CapacityPorts): Promise<number> {
  const { held } = progressOf(gang, own());
  await ledger.end(last, ends);
  if (held.length === 0) return 0;
  log.info('Gang given up', { jobId: gang.jobId, attempt: gang.attempt, instances: held.length, ends });
  return (await machines.destroy(gang, held, false)).remaining;
}

/** Finishes a giving up that was recorded and then cut short; answers how many machines are still not going. */
export async function finishGivingUp(gang: GangRequest, ledger: LaunchLedger, { machines }: CapacityPorts): Promise<number> {
  const pursuits = new Map(ledger.records.map(({ replaces = [] }) => [replaces.join(), replaces]));
  const doomed = [...pursuits.values()].flatMap((replaced) => givenUpInstances(ledger.records.filter((record) => replaceTheSame(record, replaced))));
  return doomed.length === 0 ? 0 : (await machines.destroy(gang, doomed, false)).remaining;
}

async function visibleOf(gang: GangRequest, held: readonly HeldInstance[], { machines }: CapacityPorts): Promise<ReadonlyMap<InstanceId, ProviderInstance>> {
  const instances = await machines.awaitVisible(gang, held.map(({ instanceId }) => instanceId));
  return new Map(instances.map((instance) => [instance.instanceId, instance]));
}

function isDying(instance: ProviderInstance | undefined): boolean {
  return instance?.state !== 'pending' && instance?.state !== 'running';
}
