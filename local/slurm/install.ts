import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, runCommand } from '../command.ts';
import { missingForHosts } from '../fleet/instances/hosts.ts';
import { missingForSlurm } from './programs.ts';

/** What is missing on this machine for jobs with Slurm on simulated hosts, a sentence each; empty where nothing is. */
export function missingHere(): string[] {
  return [...missingForSlurm(), ...missingForHosts('python3')];
}

/** Why this machine is not one where we install packages; undefined where it is. */
export function installRefusal(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'Only root on Linux can install it.';
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readOsRelease()) ? undefined : 'It is installed for you on Debian and Ubuntu only.';
}

/**
 * Installs Slurm, MPI and what hosts need, where that is missing and may be done; starts no service. May be called again.
 *
 * @returns what is missing then, a sentence each; empty where everything is there.
 */
export async function installSlurm(): Promise<string[]> {
  const missing = missingHere();
  if (missing.length === 0) return [];
  const refusal = installRefusal();
  if (refusal !== undefined) return [...missing, refusal];
  try {
    await runCommand('bash', [join(import.meta.dirname, 'install.sh')], { environment: process.env, directory: '/' });
    return missingHere();
  } catch (error) {
    return [...missing, `The packages could not be installed: ${messageOf(error)}`];
  }
}

function readOsRelease(): string {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}
