import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { isRunning } from './process-table.ts';
import type { ProcessRecord } from './process-table.ts';

/** The first process of an instance, which keeps its namespaces; undefined where it does not run. */
export function holderOf(folder: string): ProcessRecord | undefined {
  try {
    const record: ProcessRecord = JSON.parse(readFileSync(join(folder, 'holder.json'), 'utf8'));
    return isRunning(record) ? record : undefined;
  } catch {
    return undefined;
  }
}

/** The instances of a folder of them whose first process runs. */
export function heldInstances(directory: string): readonly string[] {
  return foldersIn(directory).filter((id) => holderOf(join(directory, id)) !== undefined);
}

/** The main process of a unit or container, as it was written down when it began: another may have its id by now. */
export function mainProcessOf(folder: string): ProcessRecord | undefined {
  const [pid = '', identity = ''] = ['pid', 'identity'].map((name) => join(folder, name)).map((file) => (existsSync(file) ? readFileSync(file, 'utf8') : ''));
  return Number(pid) > 1 && identity !== '' ? { pid: Number(pid), identity } : undefined;
}

/** What is in a folder; nothing where there is none. */
export function foldersIn(directory: string): readonly string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}
