import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Credentials } from './environment-file.ts';
import type { DetachedProcess } from './processes.ts';
import type { Site } from './services.ts';

/** What is known of a directory's cloud between commands. */
export interface CloudRecord {
  readonly site: Site;
  /** In the order in which they are to be stopped. */
  readonly processes: readonly DetachedProcess[];
  readonly bootstrapped: boolean;
  /** The cloud assembly that is deployed. */
  readonly assembly?: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** The API user's access key, once there is an API. */
  readonly credentials?: Credentials;
  /** The releases of Slurm in the deployment's catalogue. */
  readonly slurm?: readonly string[];
}

export function recordFile(dir: string): string {
  return join(dir, 'cloud.json');
}

/** The record of the directory's cloud, undefined when there is none. */
export function readRecord(dir: string): CloudRecord | undefined {
  const file = recordFile(dir);
  if (!existsSync(file)) return undefined;
  const record: CloudRecord = JSON.parse(readFileSync(file, 'utf8'));
  return record;
}

/** Replaces the record as a whole, so that no reader sees half of one. */
export function writeRecord(record: CloudRecord): void {
  const file = recordFile(record.site.dir);
  mkdirSync(record.site.dir, { recursive: true });
  writeFileSync(`${file}.tmp`, JSON.stringify(record, undefined, 2), { mode: 0o600 });
  renameSync(`${file}.tmp`, file);
}
