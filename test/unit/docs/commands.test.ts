import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseManifest } from '../../../core/manifest/parse.ts';
import { anchorsOf, pages, root, textOf } from './pages.ts';

const { scripts }: { scripts: Readonly<Record<string, string>> } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

describe('the alarms', () => {
  const sources = globSync('lib/**/*.ts', { cwd: root }).map((file) => readFileSync(join(root, file), 'utf8'));
  const sections = new Set(sources.flatMap((source) => [...source.matchAll(/\bsection: '([^']+)'/g)].map(([, section = '']) => section)));
  const runbook = 'docs/runbook/README.md';

  it('name the runbook where it is', () => {
    expect(sources.filter((source) => source.includes(`'${runbook}'`))).toHaveLength(1);
  });

  it('each have a section in it', () => {
    expect(sections.size).toBeGreaterThan(0);
    expect([...sections].filter((section) => !anchorsOf(runbook).has(section))).toEqual([]);
  });

  it('are all in its list of what can wait', () => {
    const [list = ''] = /\| section \|[\s\S]*?\n\n/.exec(textOf(runbook)) ?? [];
    expect([...list.matchAll(/\(#([^)]+)\)/g)].map(([, section]) => section).toSorted()).toEqual([...sections].toSorted());
  });
});

describe.each(pages)('%s', (page) => {
  it('tells people to run what package.json has', () => {
    const commands = [...textOf(page).matchAll(/\bnpm (?:run (?:-s )?([a-z:]+)|(start|test))\b/g)].map(([, ran, lifecycle]) => ran ?? lifecycle ?? '');
    expect(commands.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('tells people to run what orch has', () => {
    const known = new Set([...textOf('docs/cli.md').matchAll(/^## orch ([a-z]+)/gm)].map(([, name = '']) => name));
    const used = [...textOf(page).matchAll(/(?:^|[$(`;] ?|npx )orch ([a-z]+)\b/gm)].map(([, name = '']) => name);
    expect(used.filter((name) => name !== 'help' && !known.has(name))).toEqual([]);
  });
});

describe('the first manifest that people see', () => {
  const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(textOf('README.md')) ?? [];

  it('is valid', () => {
    expect(parseManifest(yaml)).toMatchObject({ ok: true, warnings: [] });
  });
});
