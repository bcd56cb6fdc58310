import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { missingForSlurm, slurmVersion } from '../../../../local/slurm/programs.ts';

describe('the programs below a root', () => {
  let root = '';
  beforeEach(() => { root = mkdtempSync(join(tmpdir(), 'root-')); });
  afterEach(() => rmSync(root, { recursive: true }));

  it('are missing by name', () => {
    expect(missingForSlurm(root)).toEqual([
      'Slurm is missing (slurmctld, slurmd, sbatch, srun, scancel, scontrol, squeue, sinfo, munged).',
      'What builds MPI programs is missing (mpicc, gcc).',
    ]);
  });

  it('are found in any folder where distributions put programs', () => {
    for (const program of ['usr/sbin/slurmctld', 'usr/local/bin/sbatch', 'usr/bin/mpicc']) {
      mkdirSync(join(root, program, '..'), { recursive: true });
      writeFileSync(join(root, program), '');
    }
    expect(missingForSlurm(root)).toEqual([
      'Slurm is missing (slurmd, srun, scancel, scontrol, squeue, sinfo, munged).',
      'What builds MPI programs is missing (gcc).',
    ]);
  });

  it('have no version where there is no Slurm, or one that does not start', () => {
    expect(slurmVersion(root)).toBeUndefined();
    mkdirSync(join(root, 'usr/sbin'), { recursive: true });
    writeFileSync(join(root, 'usr/sbin/slurmctld'), '', { mode: 0o755 });
    expect(slurmVersion(root)).toBeUndefined();
  });
});
