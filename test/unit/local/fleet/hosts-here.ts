import { spawnSync } from 'node:child_process';

import { missingForHosts } from '../../../../local/fleet/instances/hosts.ts';

/** Whether instances can be hosts here; where only a package is missing it is installed, and where not, that is said. */
export function hostsAreHere(python: string): boolean {
  if (missingForHosts(python).join().includes('tini')) {
    spawnSync('apt-get', ['install', '--yes', '--no-install-recommends', 'tini'], { stdio: 'ignore', timeout: 60_000 });
  }
  const missing = missingForHosts(python);
  if (missing.length > 0) {
    process.stderr.write(`\nNOT TESTED: instances as hosts with a network of their own. ${missing.join(' ')}\n`);
  }
  return missing.length === 0;
}
