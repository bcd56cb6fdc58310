// Runs once before all integration tests: ends what a killed run left, or brings kept clouds up to date.
import { bringUp } from '../../../local/cloud.ts';
import { readRecord } from '../../../local/record.ts';
import { stopServers } from '../../../local/servers.ts';
import { keptFolder, siteOptions, slurmSiteOptions, watchedSiteOptions } from './site.ts';

export default async function begin() {
  for (const options of [siteOptions, slurmSiteOptions(), watchedSiteOptions]) {
    if (keptFolder === undefined) await stopServers(options.dir);
    else if (readRecord(options.dir) !== undefined) await bringUp(options);
  }
}
