import type { LaneKey, LeafKey } from '../queue/lane.ts';
import type { NamespaceShare, Share, ShareAmounts, ShareSettings, ShareTree } from '../shares/share-tree.ts';
import { vectorOfShare, type Vector } from './amounts.ts';
import type { LimitPlace } from './plan.ts';

/** A node of the tree as a cycle sees it. */
export interface ShareNode {
  readonly place: LimitPlace;
  readonly parent: number;
  readonly weight: number;
  readonly limits: Vector;
  readonly guarantee?: { readonly amounts: Vector; readonly lend: boolean };
}

/** The share tree with the users who have jobs: root first, parents before children, users last. */
export interface ShareNodes {
  readonly nodes: readonly ShareNode[];
  /** Node of each leaf, by `leafId`. */
  readonly leaves: ReadonlyMap<string, number>;
}

/** Namespaces are DNS labels, so the first slash ends one. */
export const leafId = ({ namespace, user }: LeafKey): string => `${namespace}/${user}`;

export const laneId = (key: LaneKey): string => `${key.lane}/${leafId(key)}`;

/** Lays out the tree for these leaves. The order of `leaves` decides the numbers of nodes and nothing else. */
export function layOutShares(tree: ShareTree, maxRunningJobs: number, leaves: readonly LeafKey[]): ShareNodes {
  const layout = new Layout(tree, maxRunningJobs);
  for (const leaf of leaves) layout.leaf(leaf);
  return layout;
}

class Layout implements ShareNodes {
  readonly nodes: ShareNode[] = [];
  readonly leaves = new Map<string, number>();
  readonly #tree: ShareTree;
  readonly #shares: ReadonlyMap<string, NamespaceShare>;
  readonly #vectors = new Map<ShareAmounts, Vector>();
  readonly #groups = new Map<string, number>();
  readonly #namespaces = new Map<string, number>();

  constructor(tree: ShareTree, maxRunningJobs: number) {
    this.#tree = tree;
    this.#shares = new Map(tree.namespaces.map((share) => [share.name, share]));
    const runningJobs = Math.min(maxRunningJobs, tree.limits.runningJobs ?? maxRunningJobs);
    this.#add({ kind: 'deployment' }, -1, { weight: 1, limits: { ...tree.limits, runningJobs } });
    const groups = new Map(tree.groups.map((group) => [group.name, group]));
    for (const { name } of tree.groups) this.#group(groups, name);
    // With a guarantee a namespace counts whether or not it has jobs.
    for (const share of tree.namespaces) this.#namespace(share.name, share);
  }

  #add(place: LimitPlace, parent: number, { weight, limits }: ShareSettings, share?: Share): number {
    const guarantee = share !== undefined && Object.keys(share.guarantee).length > 0;
    this.nodes.push({
      place,
      parent,
      weight,
      limits: this.#vector(limits),
      ...(guarantee ? { guarantee: { amounts: vectorOfShare(share.guarantee, 0), lend: share.lend } } : {}),
    });
    return this.nodes.length - 1;
  }

  /** Most users have the same limits, those of the default. */
  #vector(limits: ShareAmounts): Vector {
    const known = this.#vectors.get(limits);
    if (known !== undefined) return known;
    const vector = vectorOfShare(limits, Number.POSITIVE_INFINITY);
    this.#vectors.set(limits, vector);
    return vector;
  }

  #group(groups: ReadonlyMap<string, Share>, name: string | undefined): number {
    const share = name === undefined ? undefined : groups.get(name);
    if (share === undefined) return 0;
    const known = this.#groups.get(share.name);
    if (known !== undefined) return known;
    const parent = this.#group(groups, share.parent);
    const node = this.#add({ kind: 'group', name: share.name }, parent, share, share);
    this.#groups.set(share.name, node);
    return node;
  }

  #namespace(name: string, share: NamespaceShare | undefined): number {
    const known = this.#namespaces.get(name);
    if (known !== undefined) return known;
    const parent = share?.parent === undefined ? 0 : (this.#groups.get(share.parent) ?? 0);
    const node = this.#add({ kind: 'namespace', name }, parent, share ?? this.#tree.defaultNamespace, share);
    this.#namespaces.set(name, node);
    return node;
  }

  leaf(leaf: LeafKey): number {
    const id = leafId(leaf);
    const known = this.leaves.get(id);
    if (known !== undefined) return known;
    const { namespace, user } = leaf;
    const share = this.#shares.get(namespace);
    const settings = userShare(share, user) ?? this.#tree.defaultNamespace.defaultUser;
    const node = this.#add({ kind: 'user', namespace, name: user }, this.#namespace(namespace, share), settings);
    this.leaves.set(id, node);
    return node;
  }
}

function userShare(share: NamespaceShare | undefined, user: string): ShareSettings | undefined {
  if (share === undefined) return undefined;
  return Object.hasOwn(share.users, user) ? share.users[user] : share.defaultUser;
}
