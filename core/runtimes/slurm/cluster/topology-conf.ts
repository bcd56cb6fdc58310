import type { Node } from '../../../job/job.ts';
import { compressHosts } from '../host-list.ts';
import { groupNodes } from '../node-facts.ts';

/** The switch above those of the zones: no zone is called so. */
const ABOVE_ZONES = 'zones';

/** topology.conf: a switch for each zone, and one above them where there are several. */
export function topologyConf(workers: readonly Node[]): string {
  const zones = groupNodes(workers, ({ zone }) => zone);
  const switches = zones.map((nodes) => `SwitchName=${nodes[0].zone} Nodes=${compressHosts(nodes.map(({ name }) => name))}`);
  const above = zones.length > 1 ? [`SwitchName=${ABOVE_ZONES} Switches=${zones.map(([{ zone }]) => zone).join(',')}`] : [];
  return [...switches, ...above].map((line) => `${line}\n`).join('');
}
