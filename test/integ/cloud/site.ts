import { resolve } from 'node:path';
import { bringUp, type LocalCloudOptions } from '../../../local/cloud.ts';
import { isRunning } from '../../../local/processes.ts';
import { readRecord, type CloudRecord } from '../../../local/record.ts';
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

/** The record of the shared cloud, which is started by the first test file that asks for it. */
export async function recordOfSharedCloud(): Promise<CloudRecord> {
  const running = readRecord(siteOptions.dir);
  const isUp = running !== undefined && running.assembly !== undefined && running.processes.every(isRunning);
  return isUp ? running : bringUp(siteOptions);
}
