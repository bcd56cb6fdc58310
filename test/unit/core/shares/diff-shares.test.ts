import { describe, expect, it } from '@jest/globals';
import { diffShares } from '../../../../core/shares/diff-shares.ts';
import { parseSharesValue } from '../../../../core/shares/parse.ts';
import type { ShareTree } from '../../../../core/shares/share-tree.ts';
import { toShareTree } from '../../../../core/shares/to-share-tree.ts';

function tree(document: object): ShareTree {
  const parsed = parseSharesValue(document);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return toShareTree(parsed.value);
}

const before = tree({
  limits: { usdPerHour: 100 },
  shares: [{ name: 'org' }, { name: 'physics', kind: 'namespace', parent: 'org', weight: 2, users: { ann: { weight: 3 } } }, { name: 'old', kind: 'namespace' }],
});

describe('diffShares', () => {
  it('finds nothing between a tree and itself, in whatever order it is written', () => {
    const one = { name: 'a', weight: 2 };
    const other = { name: 'b', kind: 'namespace', parent: 'a', limits: { gpus: 1, nodes: 2 } };
    expect(diffShares(before, before)).toEqual([]);
    expect(diffShares(tree({ shares: [one, other] }), tree({ shares: [{ ...other, limits: { nodes: 2, gpus: 1 } }, one] }))).toEqual([]);
  });

  it('says what becomes of every node and setting, as documents write them', () => {
    const after = tree({
      halfLifeHours: 24, limits: { usdPerHour: 99.5 }, quotas: { 'P/spot': 96 },
      shares: [{ name: 'org', guarantee: { nodes: 5 } }, { name: 'physics', kind: 'namespace', weight: 2, users: { '*': { limits: { runningJobs: 3 } } } }, { name: 'new', lend: false }],
    });
    expect(diffShares(before, after)).toEqual([
      {
        change: 'changed', place: { kind: 'deployment' },
        settings: [{ setting: 'halfLifeHours', before: 168, after: 24 }, { setting: 'limits.usdPerHour', before: 100, after: 99.5 }, { setting: 'quotas["P/spot"]', after: 96 }],
      },
      { change: 'changed', place: { kind: 'group', name: 'org' }, settings: [{ setting: 'guarantee.nodes', after: 5 }] },
      {
        change: 'changed', place: { kind: 'namespace', name: 'physics' },
        settings: [{ setting: 'parent', before: 'org' }, { setting: 'users["*"].limits.runningJobs', after: 3 }],
      },
      { change: 'removed', place: { kind: 'namespace', name: 'old' }, settings: expect.arrayContaining([{ setting: 'weight', before: 1 }]) },
      { change: 'removed', place: { kind: 'user', namespace: 'physics', name: 'ann' }, settings: [{ setting: 'weight', before: 3 }] },
      { change: 'added', place: { kind: 'group', name: 'new' }, settings: [{ setting: 'weight', after: 1 }, { setting: 'lend', after: false }] },
    ]);
  });

  it('takes a group that becomes a namespace for another node', () => {
    const changes = diffShares(tree({ shares: [{ name: 'a' }] }), tree({ shares: [{ name: 'a', kind: 'namespace' }] }));
    expect(changes.map(({ change, place }) => [change, place.kind])).toEqual([['removed', 'group'], ['added', 'namespace']]);
  });
});
