import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseManifestValue } from '../../../../core/manifest/parse.ts';
import { failures } from '../../../../local/drill/catalogue.ts';
import { drillReference } from '../../../../local/drill/reference.ts';
import { root, textOf } from '../../docs/pages.ts';

const all = Object.entries(failures);

describe('the failures of the drill', () => {
  it('are on their page as they are', () => {
    expect(textOf('docs/drill.md')).toBe(drillReference());
  });

  it('are at least twenty, and no two are told by the same', () => {
    expect(all.length).toBeGreaterThanOrEqual(20);
    const told = all.map(([, { cause, evidence, how }]) => JSON.stringify([cause, evidence, how]));
    expect(new Set(told).size).toBe(all.length);
  });

  it('each have a namespace of their own, by which faults find them', () => {
    const namespaces = all.map(([, { manifest }]) => manifest.metadata.namespace);
    expect(new Set(namespaces).size).toBe(all.length);
  });

  it.each(all)('%s has a manifest that is accepted', (_, { manifest }) => {
    expect(parseManifestValue(manifest)).toMatchObject({ ok: true });
  });

  it('ring alarms that the product has', () => {
    const sources = globSync('lib/**/*.ts', { cwd: root }).map((file) => readFileSync(join(root, file), 'utf8')).join('\n');
    const wanted = all.flatMap(([, { alarm }]) => (alarm === undefined || alarm.id.startsWith('DeadLetters-') ? [] : [alarm.id.replace(/(Fast|Slow)$/, '')]));
    expect(wanted.filter((id) => !sources.includes(`'${id}'`))).toEqual([]);
  });
});
