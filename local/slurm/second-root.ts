import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../command.ts';
import { installRefusal } from './install.ts';

const suite = 'trixie';
/** Raised when `packages` change: a root of an older recipe is another folder. */
const recipe = 1;
const packages = [
  'ca-certificates', 'curl', 'gcc', 'iproute2', 'libc6-dev', 'libopenmpi-dev', 'munge', 'openmpi-bin', 'procps', 'python3',
  'slurm-client', 'slurm-wlm-basic-plugins', 'slurmctld', 'slurmd', 'util-linux',
];

/**
 * Where the root of a later Debian is kept, with the Slurm of that release: outside of the checkout, since it takes a
 * minute to make, and any checkout of this user can have it.
 */
function secondRootFolder(): string {
  const caches = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(caches, 'advanced-orchestrator', `${suite}-slurm-${recipe}`);
}

/** The root, if it has been made. */
export function secondRoot(): string | undefined {
  return existsSync(secondRootFolder()) ? secondRootFolder() : undefined;
}

/** Why the root cannot be made here; undefined where it is there or can be. */
export function secondRootRefusal(): string | undefined {
  if (secondRoot() !== undefined) return undefined;
  const isDebian = installRefusal() === undefined && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
  return isDebian ? undefined : 'A second root, with another Slurm, is made by root on Debian only.';
}

/**
 * Makes the root, at the lowest priority; waits where another process makes it. May be called again.
 *
 * @returns its folder.
 * @throws where it cannot be made.
 */
export async function makeSecondRoot(): Promise<string> {
  const refusal = secondRootRefusal();
  if (refusal !== undefined) throw new Error(refusal);
  const script = join(import.meta.dirname, 'make-root.sh');
  await runCommand('nice', ['-n', '19', 'bash', script, secondRootFolder(), suite, packages.join(',')], { environment: process.env, directory: '/' });
  return secondRootFolder();
}
