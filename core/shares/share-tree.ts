import type { EpochMs } from '../job/ids.ts';
import type { QuotaKey } from '../job/job.ts';

/** Amounts that a limit or a guarantee may name; what is not named is not limited, or not guaranteed. Whole numbers. */
export interface ShareAmounts {
  readonly runningJobs?: number;
  readonly nodes?: number;
  readonly vcpus?: number;
  readonly gpus?: number;
  readonly microUsdPerHour?: number;
}

/** What a share node is given. */
export interface ShareSettings {
  /** Relative to its siblings; positive. */
  readonly weight: number;
  readonly limits: ShareAmounts;
}

/** What a namespace is given beside. */
export interface NamespaceShareSettings extends ShareSettings {
  /** Jobs that may wait in its queue; more are refused with 429. */
  readonly pendingJobs: number;
  /** The highest priority that its jobs may ask for. */
  readonly maxPriority: number;
}

/** A node of the tree that has a name: an organisation, a group, or a namespace. */
export interface Share extends ShareSettings {
  /** Unique in the tree; a namespace's share has the namespace's name. */
  readonly name: string;
  /** Absent: under the root. */
  readonly parent?: string;
  /** Kept for it against its siblings. */
  readonly guarantee: ShareAmounts;
  /** Whether siblings may use what is guaranteed and not wanted now. What is lent comes back as their jobs end. */
  readonly lend: boolean;
}

/** The share of a namespace: its children are its users. */
export interface NamespaceShare extends Share, NamespaceShareSettings {
  readonly users: Readonly<Record<string, ShareSettings>>;
  /** For users who are not named. */
  readonly defaultUser: ShareSettings;
}

/**
 * Who shares what: organisation → namespace → user. Validated: parents exist and are groups, no cycles, names unique,
 * weights positive, guarantees of children within the limit of their parent. Namespaces that it does not name stand
 * under the root with `defaultNamespace`.
 */
export interface ShareTree {
  readonly halfLifeSeconds: number;
  /** Limits of the whole deployment. */
  readonly limits: ShareAmounts;
  /** vCPUs by account quota; a quota that is not named is not counted. */
  readonly quotas: Readonly<Partial<Record<QuotaKey, number>>>;
  /** Jobs that may be looking for machines at once: each makes one launch call at a time. */
  readonly maxLaunchesInFlight: number;
  readonly groups: readonly Share[];
  readonly namespaces: readonly NamespaceShare[];
  readonly defaultNamespace: NamespaceShareSettings & { readonly defaultUser: ShareSettings };
}

/** A version of the tree: whose work it is, when and why. */
interface ShareVersion {
  /** From 1; 0 is what a deployment has before anybody applied one. */
  readonly version: number;
  readonly appliedBy: string;
  readonly appliedAtMs: EpochMs;
  readonly comment?: string;
}

/** The tree that is in force. */
export interface CurrentShares extends ShareVersion {
  readonly tree: ShareTree;
}

/** A version as it was written, for `orch shares get`. */
export interface WrittenShares extends ShareVersion {
  readonly document: unknown;
}

/** The version in force, as it was written and what it means. */
export type StoredShares = CurrentShares & WrittenShares;

const equal: ShareSettings = { weight: 1, limits: {} };

/** What a deployment has before anybody applied a tree: every namespace and every user alike. */
export const defaultShareTree: ShareTree = {
  halfLifeSeconds: 7 * 86_400,
  limits: {},
  quotas: {},
  maxLaunchesInFlight: 25,
  groups: [],
  namespaces: [],
  defaultNamespace: { ...equal, pendingJobs: 100_000, maxPriority: 1000, defaultUser: equal },
};

/** The settings of a namespace, whether or not the tree names it. */
export function namespaceShare(tree: ShareTree, namespace: string): NamespaceShareSettings {
  return tree.namespaces.find(({ name }) => name === namespace) ?? tree.defaultNamespace;
}
