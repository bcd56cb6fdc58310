import { jest } from '@jest/globals';
import { whereSlurmIs } from '../../slurm/slurm-here.ts';
import { SLURM_TEST_MS } from './slurm-cluster.ts';
import { slurmNodesContract } from './slurm.contract.ts';

jest.setTimeout(SLURM_TEST_MS);

const what = 'Slurm on hosts';
whereSlurmIs(what)(what, () => slurmNodesContract());
