import { entriesOf } from '../scheduling/quota-state.ts';
import { limitedAmounts } from '../scheduling/amounts.ts';
import type { LimitPlace } from '../scheduling/plan.ts';
import { documentName, documentValue } from './amounts.ts';
import type { NamespaceShare, Share, ShareAmounts, ShareSettings, ShareTree } from './share-tree.ts';
import { ANY_USER } from './to-share-tree.ts';

type SettingValue = string | number | boolean;

/** What becomes of a setting: absent `before` or `after`, it was not or will not be set. */
interface SettingChange {
  /** As documents write it: `limits.nodes`, `users["*"].weight`. */
  readonly setting: string;
  readonly before?: SettingValue;
  readonly after?: SettingValue;
}

/** What becomes of a node of the tree. */
export interface ShareChange {
  readonly change: 'added' | 'removed' | 'changed';
  readonly place: LimitPlace;
  readonly settings: readonly SettingChange[];
}

type Settings = ReadonlyMap<string, SettingValue>;

interface Described {
  readonly place: LimitPlace;
  readonly settings: Settings;
}

/** What differs between two trees: nodes that are changed or removed in the order of the first, then those that are added. */
export function diffShares(before: ShareTree, after: ShareTree): readonly ShareChange[] {
  const old = describe(before);
  const next = describe(after);
  const kept = [...old].flatMap(([key, { place, settings }]): ShareChange[] => {
    const other = next.get(key);
    const changed = changesOf(settings, other?.settings ?? new Map());
    if (other === undefined) return [{ change: 'removed', place, settings: changed }];
    return changed.length === 0 ? [] : [{ change: 'changed', place, settings: changed }];
  });
  const added = [...next].filter(([key]) => !old.has(key));
  return [...kept, ...added.map(([, { place, settings }]): ShareChange => ({ change: 'added', place, settings: changesOf(new Map(), settings) }))];
}

function changesOf(before: Settings, after: Settings): readonly SettingChange[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].flatMap((setting): SettingChange[] => {
    const was = before.get(setting);
    const is = after.get(setting);
    return was === is ? [] : [{ setting, ...(was === undefined ? {} : { before: was }), ...(is === undefined ? {} : { after: is }) }];
  });
}

/** All nodes with their settings, by what they are. */
function describe(tree: ShareTree): ReadonlyMap<string, Described> {
  const users = tree.namespaces.flatMap((namespace) =>
    Object.entries(namespace.users).map(([name, user]): Described => ({ place: { kind: 'user', namespace: namespace.name, name }, settings: new Map(settingsOf(user)) })),
  );
  const nodes: readonly Described[] = [
    { place: { kind: 'deployment' }, settings: deploymentSettings(tree) },
    ...tree.groups.map((group): Described => ({ place: { kind: 'group', name: group.name }, settings: new Map(shareSettings(group)) })),
    ...tree.namespaces.map((share): Described => ({ place: { kind: 'namespace', name: share.name }, settings: namespaceSettings(share) })),
    ...users,
  ];
  return new Map(nodes.map((node) => [JSON.stringify(node.place), node]));
}

type Entry = readonly [string, SettingValue];

function deploymentSettings({ halfLifeSeconds, limits, quotas, maxLaunchesInFlight, defaultNamespace }: ShareTree): Settings {
  const { pendingJobs, maxPriority, defaultUser } = defaultNamespace;
  return new Map<string, SettingValue>([
    ['halfLifeHours', halfLifeSeconds / 3_600],
    ...amounts('limits', limits),
    ...entriesOf(quotas).map(([key, vcpus]): Entry => [`quotas[${JSON.stringify(key)}]`, vcpus]),
    ['maxLaunchesInFlight', maxLaunchesInFlight],
    ...under('defaults.namespace', [...settingsOf(defaultNamespace), ['pendingJobs', pendingJobs], ['maxPriority', maxPriority]]),
    ...under('defaults.user', settingsOf(defaultUser)),
  ]);
}

function namespaceSettings(share: NamespaceShare): Settings {
  return new Map<string, SettingValue>([
    ...shareSettings(share),
    ['pendingJobs', share.pendingJobs],
    ['maxPriority', share.maxPriority],
    ...under(`users[${JSON.stringify(ANY_USER)}]`, settingsOf(share.defaultUser)),
  ]);
}

const shareSettings = ({ parent, guarantee, lend, ...settings }: Share): readonly Entry[] => [
  ...(parent === undefined ? [] : [['parent', parent] as const]),
  ...settingsOf(settings),
  ...amounts('guarantee', guarantee),
  ['lend', lend],
];

const settingsOf = ({ weight, limits }: ShareSettings): readonly Entry[] => [['weight', weight], ...amounts('limits', limits)];

const under = (path: string, entries: readonly Entry[]): readonly Entry[] => entries.map(([setting, value]) => [`${path}.${setting}`, value]);

function amounts(path: string, of: ShareAmounts): readonly Entry[] {
  return limitedAmounts.flatMap((amount): Entry[] => {
    const value = of[amount];
    return value === undefined ? [] : [[`${path}.${documentName(amount)}`, documentValue(amount, value)]];
  });
}
