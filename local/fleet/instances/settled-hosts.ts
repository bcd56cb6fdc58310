import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { z } from 'zod';

import type { HostOptions } from './hosts.ts';

const KINDS = ['processes', 'namespaces'] as const;
const settledSchema = z.object({
  hosts: z.enum(KINDS),
  base: z.string().optional(),
  imageRoots: z.record(z.string(), z.string()).default({}),
});

/** What instances shall be, as a command line says it. */
export interface AskedHosts {
  readonly kind?: string | undefined;
  /** The root that all hosts are laid over whose image has none of its own. */
  readonly base?: string | undefined;
  /** `ami-…=DIR` each. */
  readonly imageRoots?: readonly string[] | undefined;
}

/**
 * How instances become hosts, or undefined where they are processes. A state folder keeps to what it began with, so
 * that whoever comes back to it, to go on or to end what is left, finds its instances; images may be added.
 *
 * @throws when something else is asked than the folder began with, or something that is unknown.
 */
export function settledHosts(stateDirectory: string, asked: AskedHosts = {}): HostOptions | undefined {
  const file = join(stateDirectory, 'hosts.json');
  const settled = existsSync(file) ? settledSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
  const kind = KINDS.find((name) => name === (asked.kind ?? settled?.hosts ?? 'processes'));
  if (kind === undefined) {
    throw new Error(`--hosts is one of ${KINDS.join(', ')}.`);
  }
  if (settled !== undefined && settled.hosts !== kind) {
    throw new Error(`The instances in ${stateDirectory} are ${settled.hosts}. Way out: another folder, or end them first.`);
  }
  const imageRoots = { ...settled?.imageRoots, ...Object.fromEntries((asked.imageRoots ?? []).map(readImageRoot)) };
  if (kind === 'processes' && Object.keys(imageRoots).length > 0) {
    throw new Error('Machine images have roots of their own only where instances are hosts: --hosts namespaces.');
  }
  const base = asked.base === undefined ? settled?.base : resolve(asked.base);
  writeFileSync(file, JSON.stringify({ hosts: kind, base, imageRoots }));
  return kind === 'namespaces' ? { network: join(stateDirectory, 'network'), base, imageRoots } : undefined;
}

/** The AMI id and the folder of `ami-…=DIR`. */
function readImageRoot(text: string): [string, string] {
  const [, imageId = '', folder = ''] = /^(ami-[0-9a-f]+)=(.+)$/.exec(text) ?? [];
  if (imageId === '' || statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new Error(`--image-root is an AMI id and a folder that is there: ami-0123456789abcdef0=DIR, not ${text}.`);
  }
  return [imageId, resolve(folder)];
}
