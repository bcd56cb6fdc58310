import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { z } from 'zod';

import type { HostOptions } from './hosts.ts';

const KINDS = ['processes', 'namespaces'] as const;
const settledSchema = z.object({ hosts: z.enum(KINDS), base: z.string().optional() });

/**
 * How instances become hosts, or undefined where they are processes. A state folder keeps to what it began with, so
 * that whoever comes back to it, to go on or to end what is left, finds its instances.
 *
 * @throws when something else is asked than the folder began with, or something that is unknown.
 */
export function settledHosts(stateDirectory: string, asked?: string, base?: string): HostOptions | undefined {
  const file = join(stateDirectory, 'hosts.json');
  const settled = existsSync(file) ? settledSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
  const kind = KINDS.find((name) => name === (asked ?? settled?.hosts ?? 'processes'));
  if (kind === undefined) {
    throw new Error(`--hosts is one of ${KINDS.join(', ')}.`);
  }
  if (settled !== undefined && settled.hosts !== kind) {
    throw new Error(`The instances in ${stateDirectory} are ${settled.hosts}. Way out: another folder, or end them first.`);
  }
  const root = base === undefined ? settled?.base : resolve(base);
  writeFileSync(file, JSON.stringify({ hosts: kind, base: root }));
  return kind === 'namespaces' ? { network: join(stateDirectory, 'network'), base: root } : undefined;
}
