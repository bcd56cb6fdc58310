import type { Node } from '../../../job/job.ts';
import { compressHosts } from '../host-list.ts';
import { groupNodes, hardwareOf } from '../node-facts.ts';

/** gres.conf: the devices of nodes with GPUs. Empty where no node has any. */
export function gresConf(workers: readonly Node[]): string {
  const withGpus = workers.filter((node) => hardwareOf(node).gpus > 0);
  return groupNodes(withGpus, (node) => String(hardwareOf(node).gpus))
    .map((nodes) => `NodeName=${compressHosts(nodes.map(({ name }) => name))} Name=gpu File=${devices(hardwareOf(nodes[0]).gpus)}\n`)
    .join('');
}

const devices = (gpus: number): string => `/dev/nvidia${gpus === 1 ? '0' : `[0-${gpus - 1}]`}`;
