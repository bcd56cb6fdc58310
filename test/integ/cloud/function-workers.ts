import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readRecord } from '../../../local/record.ts';
import { serverNamed } from '../../../local/servers.ts';
import { siteOptions } from './site.ts';
import type { SharedCloud } from './shared-cloud.ts';

const run = promisify(execFile);

/**
 * Kills the processes in which the local cloud runs a function, in the midst of whatever they do.
 *
 * @param part of the function's name, as in `Account.functionName`.
 * @param dir of the cloud; the one of nearly all tests when left out.
 * @returns how many there were.
 */
export async function killWorkers(cloud: SharedCloud, part: string, dir = siteOptions.dir): Promise<number> {
  const name = await cloud.account.functionName(part);
  const workers = (await childrenOfCloud(dir)).filter(({ command }) => command.includes(name));
  for (const { pid } of workers) kill(pid);
  return workers.length;
}

/** The local cloud runs each function in processes of its own, children of the server. */
async function childrenOfCloud(dir: string): Promise<readonly { readonly pid: number; readonly command: string }[]> {
  const record = readRecord(dir);
  const server = record === undefined ? undefined : serverNamed(record, 'ministack');
  if (server === undefined) throw new Error('The local cloud does not run.');
  const { stdout } = await run('ps', ['-e', '-o', 'pid=,ppid=,args=']);
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return parent === String(server.pid) ? [{ pid: Number(pid), command }] : [];
  });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error; // it has ended by itself
  }
}
