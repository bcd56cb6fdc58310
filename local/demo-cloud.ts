import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { startLocalCloud, type LocalCloud, type LocalCloudOptions } from './cloud.ts';
import { messageOf } from './command.ts';
import { heading, say } from './demo-job.ts';
import { repositoryRoot } from './paths.ts';

/** A folder of its own, so that two of them do not meet. */
const dir = join(repositoryRoot, '.local', 'demo', String(process.pid));
/** Boots, notices and the market run this much faster than on AWS; scripts do not. */
const speed = 10;

/**
 * Shows something on a local cloud of its own, which is gone afterwards, also after Ctrl-C.
 *
 * @param command as a person called it.
 * @param show answers whether all went well, which is the exit code.
 */
export async function onDemoCloud(
  command: string, options: Pick<LocalCloudOptions, 'scenario' | 'hosts' | 'config' | 'speed'>, show: (cloud: LocalCloud) => Promise<boolean>,
): Promise<void> {
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  try {
    heading('The local cloud');
    const config = join('local', 'deployment.json');
    const cloud = await startLocalCloud({ config, speed, ...options, dir, port: 0, log: (line) => say(`  ${line}`) });
    try {
      process.exitCode = (await show(cloud)) ? 0 : 1;
    } finally {
      await cloud.stop();
    }
  } catch (error) {
    console.error(`\n${command}: ${messageOf(error)}`);
    process.exitCode = 1;
  }
}
