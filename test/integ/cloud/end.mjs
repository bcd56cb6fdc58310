// Runs once after all integration tests.
import { stopServers } from '../../../local/servers.ts';
import { keptFolder, siteOptions, slurmSiteOptions, watchedSiteOptions } from './site.ts';

export default async function end() {
  if (keptFolder !== undefined) return;
  for (const { dir } of [siteOptions, slurmSiteOptions(), watchedSiteOptions]) await stopServers(dir);
}
