import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { isRunning, recordProcess } from './process-table.ts';
import type { ProcessRecord } from './process-table.ts';

const UNSHARE = ['--map-root-user', '--mount', '--propagation', 'private'];

/**
 * Goes on in a user namespace where this process is not root, so that it may make namespaces for instances: the
 * process is replaced by the same program inside. The namespace is held by a process of its own, since a later life
 * of the simulator can only reach its instances from there. Comes back where nothing is to be done or can be.
 */
export function continueInOwnNamespace(stateDirectory: string): void {
  if (process.platform !== 'linux' || process.getuid?.() === 0 || process.execve === undefined) {
    return;
  }
  const holder = readHolder(stateDirectory) ?? startHolder(stateDirectory);
  if (holder !== undefined) {
    const program = ['/usr/bin/nsenter', '--preserve-credentials', '--user', '--mount', '--target', String(holder.pid), '--'];
    process.execve('/usr/bin/nsenter', [...program, process.execPath, ...process.execArgv, ...process.argv.slice(1)], process.env);
  }
}

/** Ends the process that holds the namespace of a simulator that was not root. */
export function endOwnNamespace(stateDirectory: string): void {
  const holder = readHolder(stateDirectory);
  if (holder !== undefined) {
    process.kill(holder.pid, 'SIGKILL');
  }
}

function holderFile(stateDirectory: string): string {
  return join(stateDirectory, 'namespace.json');
}

function readHolder(stateDirectory: string): ProcessRecord | undefined {
  try {
    const record: ProcessRecord = JSON.parse(readFileSync(holderFile(stateDirectory), 'utf8'));
    return isRunning(record) ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined where the system gives no user namespaces to its users. */
function startHolder(stateDirectory: string): ProcessRecord | undefined {
  if (spawnSync('unshare', [...UNSHARE, 'true']).status !== 0) {
    return undefined;
  }
  const child = spawn('unshare', [...UNSHARE, 'sleep', '2147483647'], { detached: true, stdio: 'ignore' });
  child.unref();
  const { pid } = child;
  if (pid === undefined) {
    return undefined;
  }
  // It is inside once it has become the program that does nothing.
  spawnSync('sh', ['-c', `until grep -qx sleep /proc/${pid}/comm; do sleep 0.01; done`], { timeout: 5000 });
  const record = recordProcess(pid);
  mkdirSync(stateDirectory, { recursive: true });
  writeFileSync(holderFile(stateDirectory), JSON.stringify(record));
  return record;
}
