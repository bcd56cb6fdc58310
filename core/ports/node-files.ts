/** Files of `nodes/` that steps take along, by their paths there. */
export const nodeFiles = ['slurm/common.sh', 'slurm/machine.sh', 'slurm/gres.sh', 'slurm/start.sh', 'slurm/run-job.sh', 'slurm/submit-once.sh', 'slurm/lose-nodes.sh', 'slurm/watch-spot.sh', 'slurm/task-prolog.sh', 'slurm/run_image.py', 'containers.py'] as const;

export type NodeFile = (typeof nodeFiles)[number];

/** The text of such a file. */
export type ReadNodeFile = (file: NodeFile) => string;
