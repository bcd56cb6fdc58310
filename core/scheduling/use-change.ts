import { microUsd } from '../job/ids.ts';
import type { Amounts, Hold, QuotaKey } from '../job/job.ts';
import type { JobChange, LimitRelease } from '../lifecycle/change.ts';
import { entriesOf } from './quota-state.ts';
import type { ShareUse, UsageBase } from './snapshot.ts';
import { chargeForRelease, chargeForStart } from './usage.ts';

/** What is added to the counters of a leaf. */
export type UseChange = Pick<ShareUse, 'runningJobs' | 'nodes' | 'vcpus' | 'gpus' | 'microUsdPerHour' | 'quotas' | 'usage'>;

const none: UseChange = { runningJobs: 0, nodes: 0, vcpus: 0, gpus: 0, microUsdPerHour: microUsd(0), quotas: {}, usage: 0 };

/** What a change of a job takes: all that it holds from now on, if it held nothing before. */
export function takenBy({ before, after: { hold, demand } }: Pick<JobChange, 'before' | 'after'>, base: UsageBase): UseChange {
  if (hold === undefined || before.hold !== undefined) return none;
  return counted(demand, hold.quotas, 1, chargeForStart(demand.microUsdPerHour, hold.sinceMs, base));
}

/** What the end of a hold gives back. */
export function givenBackBy(release: Pick<LimitRelease, 'amounts' | 'hold' | 'atMs' | 'costMicroUsd'>, base: UsageBase): UseChange {
  return counted(release.amounts, release.hold.quotas, -1, chargeForRelease(release, base));
}

/** What leaves the counters with a job that holds so much; what it used stays. */
export function heldNoMore(amounts: Amounts, quotas: Hold['quotas']): UseChange {
  return counted(amounts, quotas, -1, 0);
}

function counted({ nodes, vcpus, gpus, microUsdPerHour }: Amounts, quotas: Hold['quotas'], sign: 1 | -1, usage: number): UseChange {
  return {
    runningJobs: sign,
    nodes: sign * nodes,
    vcpus: sign * vcpus,
    gpus: sign * gpus,
    microUsdPerHour: microUsd(sign * microUsdPerHour),
    quotas: Object.fromEntries(entriesOf(quotas).map(([key, amount]) => [key, sign * amount])),
    // Whole, so that a store sums it up without loss.
    usage: Math.round(usage),
  };
}

/** Counters with a change added to them. */
export function plus<Use extends UseChange>(use: Use, change: UseChange): Use {
  return {
    ...use,
    runningJobs: use.runningJobs + change.runningJobs,
    nodes: use.nodes + change.nodes,
    vcpus: use.vcpus + change.vcpus,
    gpus: use.gpus + change.gpus,
    microUsdPerHour: microUsd(use.microUsdPerHour + change.microUsdPerHour),
    quotas: quotasPlus(use.quotas, change.quotas),
    usage: use.usage + change.usage,
  };
}

function quotasPlus(held: UseChange['quotas'], added: UseChange['quotas']): UseChange['quotas'] {
  const quotas: Partial<Record<QuotaKey, number>> = { ...held };
  for (const [key, amount] of entriesOf(added)) quotas[key] = (quotas[key] ?? 0) + amount;
  return quotas;
}

/** Changes of one leaf as one. */
export function sumOfChanges(changes: readonly UseChange[]): UseChange {
  return changes.reduce(plus, none);
}
