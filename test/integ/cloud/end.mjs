// Runs once after all integration tests.
import { stopServers } from '../../../local/servers.ts';
import { keptFolder, siteOptions } from './site.ts';

export default async function end() {
  if (keptFolder === undefined) await stopServers(siteOptions.dir);
}
