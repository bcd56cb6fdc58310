/** Where Slurm's files are on a node: configuration, state, logs and programs; `nodes/slurm/common.sh` has it, too. */
export const SLURM_FOLDER = '/var/lib/orchestrator/slurm';

/** Sockets and ids of processes, which do not outlive the machine. */
export const SLURM_RUN_FOLDER = '/run/orchestrator';

/** What all nodes share. */
export const DATA_FOLDER = '/data';

/** Where the output of batch jobs is, and the record of them. */
export const SLURM_DATA_FOLDER = `${DATA_FOLDER}/slurm`;
