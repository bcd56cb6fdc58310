import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { layOutShares } from '../../../../core/scheduling/share-nodes.ts';
import { shareStandings } from '../../../../core/scheduling/share-standing.ts';
import { sharesDoubts } from '../../../../core/shares/doubts.ts';
import { parseShares, sharesJsonSchema } from '../../../../core/shares/parse.ts';
import { sharesReference } from '../../../../core/shares/reference.ts';
import { toShareTree } from '../../../../core/shares/to-share-tree.ts';
import { aPolicy, NOW } from '../../../builders/scheduling.ts';

const root = path.resolve(import.meta.dirname, '../../../..');
const read = (name: string): string => readFileSync(path.join(root, name), 'utf8');

describe('examples/shares.yaml', () => {
  const parsed = parseShares(read('examples/shares.yaml'), 'yaml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));

  it('has nothing doubtful in it', () => {
    expect(sharesDoubts(parsed.value, ['*'])).toEqual([]);
  });

  it('divides what there is as docs/shares.md says', () => {
    const shares = toShareTree(parsed.value);
    const users = [['research-and-development', 'alice'], ['research-and-development', 'bob'], ['teaching', 'eve'], ['synthesis', 'ida']] as const;
    const lanes = users.map(([namespace, user]) => ({ namespace, user, lane: 'a', pending: 1 }));
    const standings = shareStandings({ uses: [], lanes }, aPolicy({ shares, maxRunningJobs: 1000 }), NOW);
    const { nodes } = layOutShares(shares, 1000, lanes);
    const partOf = (name: string): number => {
      let part = 1;
      for (let i = nodes.findIndex(({ place }) => place.kind !== 'deployment' && place.name === name); i > 0; i = nodes[i]?.parent ?? 0) {
        const { place } = nodes[i] ?? {};
        part *= standings.find((standing) => JSON.stringify(standing.place) === JSON.stringify(place))?.entitledPart ?? 0;
      }
      return part;
    };
    const told = [...read('docs/shares.md').matchAll(/^\| [— ]*([\w-]+).* \| (\d+) % \|$/gm)].map(([, name = '', percent]) => [name, Number(percent)]);
    expect(told).toHaveLength(5);
    expect(told).toEqual(told.map(([name]) => [name, Math.round(partOf(String(name)) * 100)]));
  });
});

describe('generated documents are those of the schema (npm run docs)', () => {
  it('shares.schema.json', () => {
    expect(JSON.parse(read('docs/shares.schema.json'))).toEqual(sharesJsonSchema());
  });

  it('shares-reference.md', () => {
    expect(read('docs/shares-reference.md')).toBe(sharesReference(sharesJsonSchema()));
  });
});
