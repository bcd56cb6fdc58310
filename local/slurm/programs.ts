import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What a machine with Slurm has; the head node and workers of a job call all of it. */
const PROGRAMS = ['slurmctld', 'slurmd', 'sbatch', 'srun', 'scancel', 'scontrol', 'squeue', 'sinfo', 'munged'];
/** What our own MPI programs are built and started with. */
const MPI_PROGRAMS = ['mpicc', 'gcc'];
const FOLDERS = ['usr/local/sbin', 'usr/local/bin', 'usr/sbin', 'usr/bin', 'sbin', 'bin'];

/** What is missing below `root` for jobs with Slurm, a sentence each; empty where nothing is. */
export function missingForSlurm(root = '/'): string[] {
  const absent = (programs: readonly string[]) => programs.filter((name) => programIn(root, name) === undefined);
  const slurm = absent(PROGRAMS);
  const mpi = absent(MPI_PROGRAMS);
  return [
    ...(slurm.length > 0 ? [`Slurm is missing (${slurm.join(', ')}).`] : []),
    ...(mpi.length > 0 ? [`What builds MPI programs is missing (${mpi.join(', ')}).`] : []),
  ];
}

/** The version of Slurm below `root`, such as `22.05.8`; undefined where there is none that says it. */
export function slurmVersion(root = '/'): string | undefined {
  const program = programIn(root, 'slurmctld');
  if (program === undefined) return undefined;
  const command = root === '/' ? [program] : ['chroot', root, program];
  const said = spawnSync(command[0] ?? '', [...command.slice(1), '-V'], { encoding: 'utf8' });
  return said.status === 0 ? /\b\d{2}\.\d{2}\.\d{1,2}\b/.exec(said.stdout)?.[0] : undefined;
}

/** Where a program is, as one sees it whose root that is. */
function programIn(root: string, name: string): string | undefined {
  return FOLDERS.map((folder) => join(folder, name)).filter((path) => existsSync(join(root, path))).map((path) => `/${path}`)[0];
}
