// Runs once after all integration tests.
import { stopServers } from '../../../local/servers.ts';
import { keptName, siteOptions } from './site.ts';

export default async function end() {
  if (keptName === undefined) await stopServers(siteOptions.dir);
}
