/** The partition of all workers, which jobs get that name none. The others are called as their pools. */
export const ALL_WORKERS = 'all';

/** What a pool may not be called: the partition of all, and what Slurm takes for defaults of those that follow. */
export const RESERVED_PARTITIONS: readonly string[] = [ALL_WORKERS, 'default'];
