import { jest } from '@jest/globals';
import { whereSlurmIs } from '../../slurm/slurm-here.ts';
import { slurmControllerContract } from './slurm-controller.contract.ts';

jest.setTimeout(60_000);

const what = 'the controller of Slurm';
whereSlurmIs(what)(what, () => slurmControllerContract('/'));
