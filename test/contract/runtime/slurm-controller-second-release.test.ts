import { jest } from '@jest/globals';
import { secondRoot } from '../../../local/slurm/second-root.ts';
import { whereBothSlurmsAre } from '../../slurm/slurm-here.ts';
import { slurmControllerContract } from './slurm-controller.contract.ts';

jest.setTimeout(60_000);

const what = 'the controller of another release of Slurm';
whereBothSlurmsAre(what)(what, () => slurmControllerContract(secondRoot() ?? '/'));
