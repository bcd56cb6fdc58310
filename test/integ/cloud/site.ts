import { resolve } from 'node:path';
import { bringUp, type LocalCloudOptions } from '../../../local/cloud.ts';
import { isRunning } from '../../../local/processes.ts';
import { readRecord, type CloudRecord } from '../../../local/record.ts';
import { secondRoot } from '../../../local/slurm/second-root.ts';
import { testClouds } from '../../../local/test-clouds.ts';

/**
 * Set to a folder, the shared cloud in it is left running after the tests and found again by the next run: for whoever
 * writes tests. Left out, each run begins with a cloud of its own and ends it.
 */
export const keptFolder = process.env['ORCH_TEST_CLOUD'];

/** How the cloud that the integration tests share is started: short intervals, and a fleet whose time runs fast. */
export const siteOptions: LocalCloudOptions = {
  dir: resolve(testClouds, keptFolder ?? 'integ'),
  port: 0,
  config: 'test/fixtures/integ-deployment.json',
  scenario: 'test/fixtures/integ-market.json',
  speed: 20,
};

/** How the cloud that the tests of Slurm share is started: its instances are hosts, which can be a cluster, and take their time to boot. */
export function slurmSiteOptions(): LocalCloudOptions {
  const another = secondRoot();
  return {
    ...siteOptions,
    dir: `${siteOptions.dir}-slurm`,
    config: 'test/fixtures/slurm-deployment.json',
    scenario: 'test/fixtures/slurm-market.json',
    hosts: 'namespaces',
    ...(another === undefined ? {} : { slurmRoots: [another] }),
  };
}

/** How the cloud is started whose telemetry tests read: its head nodes have collectors, its costs a label and a budget. */
export const watchedSiteOptions: LocalCloudOptions = {
  ...siteOptions,
  dir: `${siteOptions.dir}-watched`,
  config: 'test/fixtures/watched-deployment.json',
};

/** The record of a shared cloud, which is started by the first test file that asks for it. */
export async function recordOfSharedCloud(options: LocalCloudOptions): Promise<CloudRecord> {
  const running = readRecord(options.dir);
  const isUp = running !== undefined && running.assembly !== undefined && running.processes.every(isRunning);
  return isUp ? running : bringUp(options);
}
