import { quotaFamily } from '../../core/capacity/error-scope.ts';
import type { QuotaKey } from '../../core/job/job.ts';
import type { QueueEntry } from '../../core/lifecycle/change.ts';
import type { LeafKey } from '../../core/queue/lane.ts';
import type { SchedulingPolicy } from '../../core/scheduling/policy.ts';
import type { ShareAmounts, ShareSettings } from '../../core/shares/share-tree.ts';

const amounts = ['runningJobs', 'nodes', 'vcpus', 'gpus', 'microUsdPerHour'] as const satisfies readonly (keyof ShareAmounts)[];

type Held = Record<(typeof amounts)[number], number>;
type Quotas = Readonly<Partial<Record<QuotaKey, number>>>;

/** A place of the share tree: what is held and was used there, and of users their jobs, best first. */
export interface Place {
  readonly parent?: Place;
  readonly children: Place[];
  readonly weight: number;
  readonly limits: ShareAmounts;
  readonly held: Held;
  usage: number;
  readonly jobs: QueueEntry[];
  next: number;
}

/** The share tree as objects that know their parents. */
export class BaselineTree {
  readonly root: Place;
  readonly #policy: SchedulingPolicy;
  readonly #places = new Map<string, Place>();
  readonly #quotas = new Map<string, number>();

  constructor(policy: SchedulingPolicy) {
    this.#policy = policy;
    const { limits } = policy.shares;
    this.root = placeOf({ weight: 1, limits: { ...limits, runningJobs: Math.min(policy.maxRunningJobs, limits.runningJobs ?? policy.maxRunningJobs) } });
  }

  leafOf({ namespace, user }: LeafKey): Place {
    const share = this.#policy.shares.namespaces.find(({ name }) => name === namespace);
    const { defaultUser } = share ?? this.#policy.shares.defaultNamespace;
    return this.#place(`user ${namespace}/${user}`, share?.users[user] ?? defaultUser, () =>
      this.#place(`namespace ${namespace}`, share ?? this.#policy.shares.defaultNamespace, () => this.#group(share?.parent)),
    );
  }

  #group(name: string | undefined): Place {
    const group = this.#policy.shares.groups.find((candidate) => candidate.name === name);
    return group === undefined ? this.root : this.#place(`group ${group.name}`, group, () => this.#group(group.parent));
  }

  #place(id: string, settings: ShareSettings, parent: () => Place): Place {
    const known = this.#places.get(id);
    if (known !== undefined) return known;
    const place = placeOf(settings, parent());
    this.#places.set(id, place);
    return place;
  }

  /** What a job would hold of account quotas; `undefined` where there is no room for it. */
  roomFor(entry: QueueEntry): Quotas | undefined {
    const asked: Held = { ...entry.demand, runningJobs: 1 };
    for (let place: Place | undefined = this.leafOf(entry); place !== undefined; place = place.parent) {
      for (const amount of amounts) {
        if (asked[amount] > 0 && place.held[amount] + asked[amount] > (place.limits[amount] ?? Number.POSITIVE_INFINITY)) return undefined;
      }
    }
    return this.#quotasFor(entry);
  }

  #quotasFor({ demand }: QueueEntry): Quotas | undefined {
    const { quotas } = this.#policy.shares;
    if (Object.keys(quotas).length === 0) return {};
    const taken: Record<string, number> = {};
    for (const { vcpus, types, markets } of demand.pools) {
      const keys = new Set(markets.flatMap((market) => types.map((type): QuotaKey => `${quotaFamily(type)}/${market}`)));
      const open = [...keys].filter((key) => (this.#quotas.get(key) ?? 0) + (taken[key] ?? 0) + vcpus <= (quotas[key] ?? Number.POSITIVE_INFINITY));
      if (open.length === 0) return undefined;
      for (const key of open) taken[key] = (taken[key] ?? 0) + vcpus;
    }
    return taken;
  }

  /** Counts amounts on the whole path of a user. */
  hold(leaf: LeafKey, held: Held, quotas: Quotas, usage: number): void {
    for (let place: Place | undefined = this.leafOf(leaf); place !== undefined; place = place.parent) {
      for (const amount of amounts) place.held[amount] += held[amount];
      place.usage += usage;
    }
    for (const [key, vcpus = 0] of Object.entries(quotas)) this.#quotas.set(key, (this.#quotas.get(key) ?? 0) + vcpus);
  }
}

function placeOf({ weight, limits }: ShareSettings, parent?: Place): Place {
  const place: Place = { children: [], weight, limits, held: { runningJobs: 0, nodes: 0, vcpus: 0, gpus: 0, microUsdPerHour: 0 }, usage: 0, jobs: [], next: 0, ...(parent === undefined ? {} : { parent }) };
  parent?.children.push(place);
  return place;
}
