import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './package-folder.ts';

interface Licensed {
  readonly title: string;
  readonly text: string;
}

/** The licences of the packages that files of a bundle are of, each text once: their authors ask for that. */
export async function licencesOf(files: readonly string[]): Promise<string> {
  const folders = new Set(files.flatMap((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []));
  const all = await Promise.all([...folders].toSorted().map((folder) => licenceIn(folder)));
  const byText = Map.groupBy(all, ({ text }) => text);
  return [...byText].map(([text, packages]) => `${packages.map(({ title }) => title).join('\n')}\n\n${text.trim()}\n`).join(`\n${'-'.repeat(80)}\n\n`);
}

async function licenceIn(folder: string): Promise<Licensed> {
  const { name, version, license } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8')) as Readonly<Record<string, string>>;
  const file = (await readdir(join(root, folder))).find((each) => /^licen[cs]e(?:\.\w+)?$/i.test(each));
  const text = file === undefined ? `${license}, by the package's own word.` : await readFile(join(root, folder, file), 'utf8');
  return { title: `${name} ${version}`, text };
}
