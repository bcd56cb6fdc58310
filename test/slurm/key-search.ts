import { readdirSync, readFileSync, statSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { whereThere } from './processes.ts';

/** The largest file that is looked into: Slurm's own files, scripts and logs are far smaller. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Text to look for: the key in quarters, so that one that was cut or broken over lines is found. */
function partsOf(key: string): readonly string[] {
  const length = Math.ceil(key.length / 4);
  return [0, 1, 2, 3].map((part) => key.slice(part * length, (part + 1) * length));
}

/** Whether any part of the key is in a text. */
export const holds = (text: string, key: string): boolean => partsOf(key).some((part) => text.includes(part));

/** Files below a folder that have the key, and whether everybody may read them there: folders that nobody else may enter hide what is in them. */
export function filesWith(folder: string, key: string): readonly { readonly path: string; readonly readableByAll: boolean }[] {
  const found: { path: string; readableByAll: boolean }[] = [];
  const visit = (directory: string, open: boolean): void => {
    for (const entry of namesIn(directory)) {
      const path = join(directory, entry.name);
      const stats = statsOf(path);
      if (stats === undefined || entry.isSymbolicLink()) continue;
      if (entry.isDirectory()) visit(path, open && (stats.mode & 0o001) !== 0);
      else if (entry.isFile() && stats.size <= MOST_BYTES && holds(textOf(path), key)) found.push({ path, readableByAll: open && (stats.mode & 0o004) !== 0 });
    }
  };
  visit(folder, true);
  return found;
}

const namesIn = (directory: string) => whereThere(() => readdirSync(directory, { withFileTypes: true })) ?? [];
const statsOf = (path: string): Stats | undefined => whereThere(() => statSync(path));
const textOf = (path: string): string => whereThere(() => readFileSync(path, 'latin1')) ?? '';
