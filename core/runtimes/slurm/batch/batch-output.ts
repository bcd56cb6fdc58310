import type { Given } from './batch-options.ts';
import { DATA_FOLDER } from '../places.ts';

/**
 * Files of a batch step that tell the launcher of the script's output: `output` where the script names a file for it, and the
 * folders below /data that have to be there for what it names, one a line.
 */
export function outputFiles(given: Given): Readonly<Record<string, string>> {
  const output = given.get('output')?.value;
  const folder = resolved(DATA_FOLDER, given.get('chdir')?.value ?? '');
  const folders = [output, given.get('error')?.value].flatMap((file) => (file === undefined ? [] : [resolved(resolved(folder, file), '..')]));
  return {
    ...(output === undefined ? {} : { output }),
    folders: [...new Set(folders)].filter(canBeMade).map((each) => `${each}\n`).join(''),
  };
}

/** Slurm puts the job's id and the like in the place of what begins with a percent sign. */
const canBeMade = (folder: string): boolean => folder.startsWith(`${DATA_FOLDER}/`) && !folder.includes('%');

/** A path as seen from a folder, without dots. */
function resolved(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${folder}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
