import { slurmRuntime } from '../../../core/runtimes/slurm/slurm-runtime.ts';
import { describeRuntime } from './runtime.contract.ts';

// Slurm itself puts the job back into its queue, where it waits for the new node.
describeRuntime('Slurm', slurmRuntime, { workerLost: { Fail: 'fail', Requeue: 'replace', Replace: 'replace' }, spares: ['Requeue', 'Replace'] });
