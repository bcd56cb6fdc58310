/**
 * cgroup.conf: jobs get the cores and the memory that are theirs. Read where machine.conf has Slurm manage cgroups. Devices are
 * not confined: a job with whole nodes has their GPUs without asking for them by name, and so have the steps that it starts.
 */
export const cgroupConf = 'CgroupPlugin=autodetect\nConstrainCores=yes\nConstrainRAMSpace=yes\n';
