import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { anchorsOf, pages, prose, root, textOf } from './pages.ts';

/** `[text](target)` with a target in the project. */
function internalLinks(page: string): readonly string[] {
  return [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target).filter((target) => !/^[a-z]+:/.test(target));
}

function isDead(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(root, target))) return true;
  return anchor !== undefined && !anchorsOf(target).has(anchor);
}

const folders = ['bin', 'lib', 'core', 'lambdas', 'statemachines', 'nodes', 'sdk', 'cli', 'local', 'docs', 'test', 'examples'];
const pathInCode = new RegExp(String.raw`\x60((?:${folders.join('|')})/[\w./-]*)\x60`, 'g');

describe.each(pages)('%s', (page) => {
  it('links to what there is', () => {
    expect(internalLinks(page).filter((link) => isDead(page, link))).toEqual([]);
  });

  it('names files that there are', () => {
    const named = [...textOf(page).matchAll(pathInCode)].map(([, path = '']) => path);
    // Pages of a folder may name what is beside them.
    expect(named.filter((path) => !existsSync(join(root, path)) && !existsSync(join(root, dirname(page), path)))).toEqual([]);
  });
});

describe('the index of decisions', () => {
  const decisions = readdirSync(join(root, 'docs/adr')).filter((name) => /^\d{4}-/.test(name)).toSorted();

  it('lists each of them', () => {
    const listed = internalLinks('docs/adr/README.md').filter((link) => /^\d{4}-/.test(link));
    expect(listed.toSorted()).toEqual(decisions);
  });

  it('has each number once', () => {
    expect(decisions.map((name) => Number(name.slice(0, 4)))).toEqual(decisions.map((_, index) => index + 1));
  });

  it.each(decisions)('says context, decision and consequences in %s', (name) => {
    const text = textOf(`docs/adr/${name}`);
    expect(text).toMatch(/^# .+\n\n\*\*Context\.\*\*/);
    expect(text).toContain('\n**Decision.**');
  });
});
