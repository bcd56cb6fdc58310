import { READ_LOG, type CauseText } from '../cause.ts';

const SLURM = 'docs/runbook/jobs.md#slurm';

/** What the cluster’s own scheduler did to a step of the run. */
export const slurmCauses = {
  SlurmRefused: {
    bearing: 'failed',
    lead: 'Slurm refused the batch job',
    means: 'sbatch did not take the job: an option, a partition or an amount that this cluster does not have.',
    youCanDo: ['See the #SBATCH lines and runtime of the manifest against the pools: nodes, memory, GPUs, partitions.', READ_LOG],
    operatorCanDo: [],
    runbook: SLURM,
  },
  SlurmTimeLimit: {
    bearing: 'failed',
    lead: 'Slurm’s time limit was over',
    means: 'The batch job ran longer than its own limit in Slurm (--time), and was ended.',
    youCanDo: ['Raise or leave out --time: the TTL of the job (ttlSeconds) bounds it anyway.'],
    operatorCanDo: [],
    runbook: SLURM,
  },
  SlurmCancelled: {
    bearing: 'failed',
    lead: 'The batch job was cancelled in Slurm',
    means: 'Somebody or something ended the batch job in Slurm (scancel), and not the orchestrator’s job.',
    youCanDo: ['See whether a script of the job calls scancel.', READ_LOG],
    operatorCanDo: [],
    runbook: SLURM,
  },
  SlurmNodeFailed: {
    bearing: 'failed',
    lead: 'A node of the batch job failed',
    means: 'Slurm lost a node of the batch job, and did not put the job back into its queue.',
    youCanDo: ['Use onNodeLoss: Requeue or Replace, and a checkpoint.', READ_LOG],
    operatorCanDo: ['See whether the instance ran on: Slurm also takes a node for failed whose daemon does not answer.'],
    runbook: SLURM,
  },
  SlurmNotStarted: {
    bearing: 'failed',
    lead: 'Slurm did not start',
    means: 'Slurm or a daemon of it did not come up on a node, or could not start the batch job there.',
    youCanDo: ['If a pool has an image of its own: it needs the release of Slurm that the others have.', READ_LOG],
    operatorCanDo: ['See what the daemon said last, and whether the image with Slurm fits.'],
    runbook: SLURM,
  },
  SlurmSilent: {
    bearing: 'failed',
    lead: 'Slurm’s controller did not answer',
    means: 'The controller on the head node was silent for too long, so nobody knew how the batch job stood.',
    youCanDo: ['See whether the head node had memory and disk left: a script on it may take them from the controller.', READ_LOG],
    operatorCanDo: [],
    runbook: SLURM,
  },
} as const satisfies Readonly<Record<string, CauseText>>;
