import type { LocatedProblem, Path } from '../manifest/problems.ts';
import { limitedAmounts, vectorOf } from '../scheduling/amounts.ts';
import { placeText, withUnit } from '../scheduling/obstacle-text.ts';
import type { LimitPlace } from '../scheduling/plan.ts';
import { entriesOf } from '../scheduling/quota-state.ts';
import { layOutShares, leafId, type ShareNodes } from '../scheduling/share-nodes.ts';
import type { ShareUse } from '../scheduling/snapshot.ts';
import { documentName } from './amounts.ts';
import type { ShareDocument } from './schema.ts';
import { ANY_USER, toShareTree } from './to-share-tree.ts';

/**
 * Limits and quotas of a document that are below what jobs hold now. Nothing is stopped for a limit, so such a one would
 * not be what it says.
 */
export function limitsBelowUse(document: ShareDocument, uses: readonly ShareUse[]): readonly LocatedProblem[] {
  const layout = layOutShares(toShareTree(document), Number.POSITIVE_INFINITY, uses);
  const held = heldByNode(layout, uses);
  const limits = layout.nodes.flatMap(({ place, limits: allowed }, node) =>
    limitedAmounts.flatMap((amount, i): LocatedProblem[] => {
      const limit = allowed[i] ?? Number.POSITIVE_INFINITY;
      const used = held[node]?.[i] ?? 0;
      if (used <= limit) return [];
      return [problem([...limitsPath(document, place), documentName(amount)], `${placeText(place)} holds ${withUnit(amount, used)} now, more than the limit of ${withUnit(amount, limit)}`)];
    }),
  );
  return [...limits, ...quotasBelowUse(document, uses)];
}

function heldByNode({ nodes, leaves }: ShareNodes, uses: readonly ShareUse[]): readonly (readonly number[])[] {
  const held = nodes.map(() => limitedAmounts.map(() => 0));
  for (const use of uses) {
    const [, ...amounts] = vectorOf(use);
    const taken = [use.runningJobs, ...amounts];
    for (let node = leaves.get(leafId(use)) ?? -1; node >= 0; node = nodes[node]?.parent ?? -1) {
      const sum = held[node];
      for (const [i, amount] of taken.entries()) if (sum !== undefined) sum[i] = (sum[i] ?? 0) + amount;
    }
  }
  return held;
}

function quotasBelowUse({ quotas }: ShareDocument, uses: readonly ShareUse[]): readonly LocatedProblem[] {
  return entriesOf(quotas).flatMap(([key, quota]) => {
    const used = uses.reduce((sum, use) => sum + (use.quotas[key] ?? 0), 0);
    return used <= quota ? [] : [problem(['quotas', key], `jobs hold ${withUnit('vcpus', used)} of it now, more than ${withUnit('vcpus', quota)}`)];
  });
}

const problem = (path: Path, message: string): LocatedProblem => ({ code: 'conflict', path, at: 'value', message });

/** Where in the document the limits of a place are written, its own or the defaults. */
function limitsPath({ shares }: ShareDocument, place: LimitPlace): Path {
  const indexOf = (kind: string, name: string): number => shares.findIndex((share) => share.kind === kind && share.name === name);
  switch (place.kind) {
    case 'deployment':
      return ['limits'];
    case 'group':
      return ['shares', indexOf('group', place.name), 'limits'];
    case 'namespace': {
      const index = indexOf('namespace', place.name);
      return index < 0 ? ['defaults', 'namespace', 'limits'] : ['shares', index, 'limits'];
    }
    case 'user': {
      const index = indexOf('namespace', place.namespace);
      const users = shares[index]?.users ?? {};
      const named = [place.name, ANY_USER].find((name) => Object.hasOwn(users, name));
      return named === undefined ? ['defaults', 'user', 'limits'] : ['shares', index, 'users', named, 'limits'];
    }
  }
}
