import { amountsOf } from './amounts.ts';
import type { DocumentShare, ShareDocument } from './schema.ts';
import type { NamespaceShare, Share, ShareSettings, ShareTree } from './share-tree.ts';

const SECONDS_PER_HOUR = 3_600;
/** Stands for the users of a namespace who are not named. */
export const ANY_USER = '*';

/** The tree that a validated document describes. */
export function toShareTree({ halfLifeHours, limits, quotas, maxLaunchesInFlight, defaults, shares }: ShareDocument): ShareTree {
  const defaultUser = settingsOf(defaults.user);
  const { pendingJobs, maxPriority } = defaults.namespace;
  return {
    halfLifeSeconds: Math.round(halfLifeHours * SECONDS_PER_HOUR),
    limits: amountsOf(limits),
    quotas,
    maxLaunchesInFlight,
    groups: shares.filter(({ kind }) => kind === 'group').map(shareOf),
    namespaces: shares
      .filter(({ kind }) => kind === 'namespace')
      .map((share): NamespaceShare => ({
        ...shareOf(share),
        pendingJobs: share.pendingJobs ?? pendingJobs,
        maxPriority: share.maxPriority ?? maxPriority,
        ...usersOf(share, defaultUser),
      })),
    defaultNamespace: { ...settingsOf(defaults.namespace), pendingJobs, maxPriority, defaultUser },
  };
}

function shareOf({ name, parent, weight, limits, guarantee, lend }: DocumentShare): Share {
  return { name, ...(parent === undefined ? {} : { parent }), ...settingsOf({ weight, limits }), guarantee: amountsOf(guarantee), lend };
}

function usersOf({ users = {} }: DocumentShare, defaultUser: ShareSettings): Pick<NamespaceShare, 'users' | 'defaultUser'> {
  const all = Object.entries(users).map(([name, user]) => [name, settingsOf(user)] as const);
  const any = all.find(([name]) => name === ANY_USER)?.[1];
  return { users: Object.fromEntries(all.filter(([name]) => name !== ANY_USER)), defaultUser: any ?? defaultUser };
}

const settingsOf = ({ weight, limits }: { readonly weight: number; readonly limits: unknown }): ShareSettings => ({ weight, limits: amountsOf(limits) });
