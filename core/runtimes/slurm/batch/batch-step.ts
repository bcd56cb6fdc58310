import type { Manifest } from '../../../manifest/schema.ts';
import type { Step } from '../../../manifest/steps.ts';
import type { UnplacedStep } from '../../node-step.ts';
import { userStep } from '../../user-step.ts';
import { batchOptions, givenBy, nodesByDefault, type Given } from './batch-options.ts';
import { outputFiles } from './batch-output.ts';
import { ALL_WORKERS } from '../partitions.ts';

/** Slurm gives processes 30 seconds between SIGTERM and SIGKILL (`KillWait`), and then has to tell their end. */
const STOP_GRACE_SECONDS = 45;

/**
 * How long a job waits for a worker that Slurm calls down while EC2 runs its machine. Slurm calls it so after three minutes; by
 * the end of this EC2 has told of machines that are gone or hang, and whoever replaces them is at it.
 */
const DOWN_SECONDS = 900;

/** A step of the run as a batch job: the head node submits it, follows it and ends as it ends. */
export function batchStep(step: Step, manifest: Manifest): UnplacedStep {
  const given = givenBy(step);
  return {
    ...userStep(step, 'head'),
    launcher: 'slurm/run-job.sh',
    nodeFiles: ['slurm/common.sh', 'slurm/run-job.sh', 'slurm/submit-once.sh'],
    files: { options: batchOptions(step, manifest).map((option) => `${option}\n`).join(''), 'down-seconds': `${DOWN_SECONDS}\n`, ...outputFiles(given), ...partitionFile(manifest, given) },
    stopGraceSeconds: STOP_GRACE_SECONDS,
  };
}

/** The partition whose workers a step gets, all of them: those that there are, where the job goes on without lost ones. */
function partitionFile(manifest: Manifest, given: Given): { readonly partition?: string } {
  const { onNodeLoss, runtime } = manifest.spec;
  const all = onNodeLoss === 'Replace' && runtime.nodes === undefined && nodesByDefault(manifest, given) !== undefined;
  return all ? { partition: given.get('partition')?.value ?? ALL_WORKERS } : {};
}
