import { jest } from '@jest/globals';
import { whereSlurmIs } from '../../slurm/slurm-here.ts';
import { slurmNodesContract } from './slurm.contract.ts';

jest.setTimeout(180_000);

const what = 'Slurm on hosts';
whereSlurmIs(what)(what, () => slurmNodesContract());
