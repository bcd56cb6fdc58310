import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { root, textOf } from './pages.ts';

const page = 'docs/benchmarks.md';
const helpOf = async (...words: readonly string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, [`${root}benchmarks/main.ts`, ...words, '--help'])).stdout;

/** Commands of a page: the benchmark, and the options that it is given. */
const commands = (text: string) => [...text.matchAll(/^ *npm run (?:-s )?bench -- ([a-z-]+)([^\n#;]*)/gm)]
  .map(([, name = '', rest = '']) => ({ name, options: [...rest.matchAll(/(?<=\s)--[a-z-]+/g)].map(([option]) => option) }));

describe('the page of the benchmarks', () => {
  const helps = new Map<string, string>();
  beforeAll(async () => {
    const names = [...(await helpOf()).matchAll(/^ {2}([a-z-]+) \[options\]/gm)].map(([, name = '']) => name);
    for (const name of names) helps.set(name, await helpOf(name));
  });

  it('has a section for each of them', () => {
    const headings = new Set([...textOf(page).matchAll(/^## ([a-z-]+)$/gm)].map(([, name]) => name));
    expect(helps.size).toBe(7);
    expect([...helps.keys()].filter((name) => !headings.has(name))).toEqual([]);
  });

  it('gives commands with options that there are', () => {
    const all = commands(textOf(page));
    expect(all.length).toBeGreaterThan(10);
    const unknown = all.flatMap(({ name, options }) => options.filter((option) => !(helps.get(name) ?? '').includes(`${option} `)).map((option) => `${name} ${option}`));
    expect(unknown).toEqual([]);
  });

  it('gives those without which a benchmark does not run', () => {
    expect(commands(textOf(page)).filter(({ name, options }) => name === 'capacity' && !options.includes('--trace'))).toEqual([]);
  });

  it('has the numbers that the README quotes', () => {
    const [, quoted = ''] = /^Numbers, whose([\s\S]*?)\n\n(?!\*)/m.exec(textOf('README.md')) ?? [];
    const figures = quoted.match(/\d+\.\d+ %|\d\.\d{4} USD/g) ?? [];
    expect(figures.length).toBeGreaterThan(5);
    expect(figures.filter((figure) => !textOf(page).includes(figure))).toEqual([]);
  });
});
