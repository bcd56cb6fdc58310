import { jest } from '@jest/globals';
import { secondRoot } from '../../../local/slurm/second-root.ts';
import { whereBothSlurmsAre } from '../../slurm/slurm-here.ts';
import { slurmNodesContract } from './slurm.contract.ts';

jest.setTimeout(180_000);

const what = 'another release of Slurm on hosts';
whereBothSlurmsAre(what)(what, () => slurmNodesContract(secondRoot()));
