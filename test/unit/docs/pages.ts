import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The checkout's root. */
export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Every page that is written for people, by its path from the root. */
export const pages = globSync(['*.md', '{docs,local,nodes,sdk,cli,examples}/**/*.md'], { cwd: root, exclude: (path) => path.includes('node_modules') }).toSorted();

export const textOf = (page: string): string => readFileSync(`${root}${page}`, 'utf8');

/** A page without what it shows as code, where brackets are no links and hashes no headings. */
export function prose(page: string): string {
  return textOf(page).replaceAll(/^( *)```[\s\S]*?^\1```/gm, '').replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()]/g, ' '));
}

/** Anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(page: string): ReadonlySet<string> {
  const headings = [...textOf(page).replaceAll(/^( *)```[\s\S]*?^\1```/gm, '').matchAll(/^#{1,6} +(.+)$/gm)];
  return new Set(headings.map(([, title = '']) => title.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').trim().replaceAll(' ', '-')));
}
