import type { QuotaKey } from '../../../../core/job/job.ts';
import type { QueueEntry } from '../../../../core/lifecycle/change.ts';
import type { CyclePlan, LimitPlace } from '../../../../core/scheduling/plan.ts';
import type { SchedulingPolicy } from '../../../../core/scheduling/policy.ts';
import type { SchedulingSnapshot, ShareUse } from '../../../../core/scheduling/snapshot.ts';
import type { NamespaceShare, ShareAmounts, ShareTree } from '../../../../core/shares/share-tree.ts';
import type { LeafKey } from '../../../../core/queue/lane.ts';
import { amountNames } from './arbitraries.ts';

/** A place of the tree and what is limited there. */
interface LimitedPlace {
  readonly place: LimitPlace;
  readonly limits: ShareAmounts;
}

/** All that counts a user's jobs, read off the tree without anything of the scheduler. */
export function pathOf({ namespace, user }: LeafKey, { shares, maxRunningJobs }: Pick<SchedulingPolicy, 'shares' | 'maxRunningJobs'>): LimitedPlace[] {
  const share = shares.namespaces.find(({ name }) => name === namespace);
  const { defaultUser, limits } = share ?? shares.defaultNamespace;
  const users: NamespaceShare['users'] = share?.users ?? {};
  return [
    { place: { kind: 'user', namespace, name: user }, limits: (users[user] ?? defaultUser).limits },
    { place: { kind: 'namespace', name: namespace }, limits },
    ...groupsAbove(shares, share?.parent),
    { place: { kind: 'deployment' }, limits: { ...shares.limits, runningJobs: Math.min(maxRunningJobs, shares.limits.runningJobs ?? maxRunningJobs) } },
  ];
}

function groupsAbove(shares: ShareTree, name: string | undefined): LimitedPlace[] {
  const group = shares.groups.find((candidate) => candidate.name === name);
  return group === undefined ? [] : [{ place: { kind: 'group', name: group.name }, limits: group.limits }, ...groupsAbove(shares, group.parent)];
}

/** What is counted somewhere. */
type Counted = LeafKey & Pick<ShareUse, (typeof amountNames)[number] | 'quotas'>;

export const startsIn = ({ admissions, turns }: Pick<CyclePlan, 'admissions' | 'turns'>): readonly { readonly entry: QueueEntry; readonly quotas: ShareUse['quotas'] }[] => [...admissions, ...turns];

export const countedOf = ({ entry: { namespace, user, demand }, quotas }: ReturnType<typeof startsIn>[number]): Counted => ({
  namespace, user, runningJobs: 1, nodes: demand.nodes, vcpus: demand.vcpus, gpus: demand.gpus, microUsdPerHour: demand.microUsdPerHour, quotas,
});

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const key = (place: LimitPlace): string => JSON.stringify(place);

/** By place: of each amount what these hold there together. */
export function heldAt(place: LimitPlace, amount: (typeof amountNames)[number], counted: readonly Counted[], policy: SchedulingPolicy): number {
  return sum(counted.filter((each) => pathOf(each, policy).some((other) => key(other.place) === key(place))).map((each) => each[amount]));
}

/** Every limit that the plan passes, in words; none if it is as it should be. Counts from the input alone. */
export function passedLimits(snapshot: SchedulingSnapshot, policy: SchedulingPolicy, plan: CyclePlan): string[] {
  const started = startsIn(plan).map(countedOf);
  const all: readonly Counted[] = [...snapshot.uses, ...started];
  const places = new Map(started.flatMap((each) => pathOf(each, policy)).map((each) => [key(each.place), each]));
  const ofTree = [...places.values()].flatMap(({ place, limits }) =>
    amountNames.flatMap((amount) => {
      const held = heldAt(place, amount, all, policy);
      const isOver = heldAt(place, amount, started, policy) > 0 && held > (limits[amount] ?? Number.POSITIVE_INFINITY);
      return isOver ? [`${key(place)}: ${held} ${amount} of ${limits[amount]}`] : [];
    }),
  );
  return [...ofTree, ...passedQuotas(all, started, policy.shares), ...passedCaps(snapshot, policy, started.length)];
}

function passedQuotas(all: readonly Counted[], started: readonly Counted[], { quotas }: ShareTree): string[] {
  return (Object.keys(quotas) as QuotaKey[]).flatMap((quota) => {
    const held = sum(all.map((each) => each.quotas[quota] ?? 0));
    const isTaken = started.some((each) => (each.quotas[quota] ?? 0) > 0);
    return isTaken && held > (quotas[quota] ?? 0) ? [`${quota}: ${held} vCPUs of ${quotas[quota]}`] : [];
  });
}

function passedCaps({ launching }: SchedulingSnapshot, { shares, maxStarts }: SchedulingPolicy, started: number): string[] {
  return [
    ...(started > 0 && launching + started > shares.maxLaunchesInFlight ? [`${launching + started} launches of ${shares.maxLaunchesInFlight}`] : []),
    ...(started > maxStarts ? [`${started} starts of ${maxStarts}`] : []),
  ];
}
