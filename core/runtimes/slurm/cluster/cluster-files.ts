import { InternalError } from '../../../errors/orchestrator-error.ts';
import type { RuntimeCluster } from '../../../ports/runtime.ts';
import { cgroupConf } from './cgroup-conf.ts';
import { gresConf } from './gres-conf.ts';
import { workersAmong } from '../roles.ts';
import { slurmConf } from './slurm-conf.ts';
import { topologyConf } from './topology-conf.ts';

/**
 * The files that Slurm is started with, by name; `nodes/slurm/start.sh` puts them in their places. The same for the same
 * nodes, in whatever order they come.
 *
 * @throws InternalError for a worker whose hardware nobody knew, and where the head node is missing
 */
export function clusterFiles({ manifest, jobId, nodes, secret }: RuntimeCluster): Readonly<Record<string, string>> {
  const controller = nodes.find(({ rank, goneAtMs }) => rank === 0 && goneAtMs === undefined);
  if (controller === undefined) throw new InternalError('Slurm has its controller on the head node, and there is none.', { jobId });
  const workers = workersAmong(manifest, nodes);
  return {
    'munge.key': secret,
    'slurm.conf': slurmConf({ manifest, clusterName: jobId, controller, workers }),
    'topology.conf': topologyConf(workers),
    'gres.conf': gresConf(workers),
    'cgroup.conf': cgroupConf,
    workers: workers.map(({ name }) => `${name}\n`).join(''),
  };
}
