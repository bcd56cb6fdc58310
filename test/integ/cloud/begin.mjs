// Runs once before all integration tests: ends what a killed run left, or brings a kept cloud up to date.
import { bringUp } from '../../../local/cloud.ts';
import { readRecord } from '../../../local/record.ts';
import { stopServers } from '../../../local/servers.ts';
import { keptFolder, siteOptions } from './site.ts';

export default async function begin() {
  if (keptFolder === undefined) await stopServers(siteOptions.dir);
  else if (readRecord(siteOptions.dir) !== undefined) await bringUp(siteOptions);
}
