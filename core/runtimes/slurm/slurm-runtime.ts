import type { Manifest } from '../../manifest/schema.ts';
import type { NodeLossVerdict, Runtime } from '../../ports/runtime.ts';
import { unitName, type UnplacedStep } from '../node-step.ts';
import { sharedDataSteps } from '../shared-data.ts';
import { batchStep } from './batch/batch-step.ts';
import { clusterFiles } from './cluster/cluster-files.ts';
import { sparesWorkers } from './spare-workers.ts';

/** Nodes come up and register within seconds; a head that has waited this long says who did not. */
const START_TIMEOUT_SECONDS = 600;
/** Slurm's own answer comes at once, or its controller is busy with the loss. */
const TELL_TIMEOUT_SECONDS = 60;
/** Of the two minutes that EC2 gives. */
const NOTICE_SECONDS = 90;

/**
 * Slurm over the nodes of the attempt: a controller on the head node, a daemon on each worker, each step of the run a
 * batch job. What runs on the nodes is in `nodes/slurm`.
 */
export const slurmRuntime: Runtime = {
  type: 'Slurm',
  prepare: ({ manifest }) => sharedDataSteps(manifest),
  start: ({ manifest }) => [startStep(manifest)],
  run: ({ manifest }) => manifest.spec.hooks.onRun.map((step) => batchStep(step, manifest)),
  clusterFiles,
  stopUnits: ({ manifest, jobId, attempt }) => manifest.spec.hooks.onRun.map((_, index) => unitName(jobId, attempt, 'run', index)),
  nodeLost: ({ manifest }, node) => verdict(manifest.spec.onNodeLoss, node.rank === 0),
  spares: ({ manifest }, staying) => sparesWorkers(manifest, staying),
  tellLost: (_, lost) => ({
    name: 'Tell Slurm of lost nodes',
    ranks: 'head',
    action: { kind: 'script', script: '#!/bin/bash\nexec /bin/bash "$ORCH_FILES/lose-nodes.sh"\n' },
    env: { LOST_NODES: lost.map(({ name, address }) => `${name}=${address}`).join(' ') },
    timeoutSeconds: TELL_TIMEOUT_SECONDS,
    nodeFiles: ['slurm/common.sh', 'slurm/lose-nodes.sh'],
    system: true,
  }),
};

const startStep = ({ spec: { runtime, onNodeLoss } }: Manifest): UnplacedStep => ({
  name: 'Start Slurm',
  ranks: 'all',
  action: { kind: 'script', script: '#!/bin/bash\nexec /bin/bash "$ORCH_FILES/start.sh"\n' },
  env: { NOTICE_SIGNAL: runtime.noticeSignal ?? 'USR1', NOTICE_SECONDS: String(runtime.noticeSeconds ?? NOTICE_SECONDS), ON_NODE_LOSS: onNodeLoss },
  timeoutSeconds: START_TIMEOUT_SECONDS,
  nodeFiles: ['slurm/common.sh', 'slurm/machine.sh', 'slurm/gres.sh', 'slurm/start.sh', 'slurm/watch-spot.sh', 'slurm/task-prolog.sh', 'slurm/run_image.py', 'containers.py'],
  clusterFiles: true,
  system: true,
});

/**
 * Slurm puts a job whose node is lost back into its queue, where it waits for the new node (`Requeue`), or lets it go on
 * without (`Replace`). The controller and the shared folder are gone with the head node.
 */
function verdict(policy: 'Fail' | 'Replace' | 'Requeue', isHead: boolean): NodeLossVerdict {
  if (policy === 'Fail') return 'fail';
  return isHead ? 'requeue' : 'replace';
}
