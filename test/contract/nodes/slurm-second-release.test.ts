import { jest } from '@jest/globals';
import { secondRoot } from '../../../local/slurm/second-root.ts';
import { whereBothSlurmsAre } from '../../slurm/slurm-here.ts';
import { SLURM_TEST_MS } from './slurm-cluster.ts';
import { slurmNodesContract } from './slurm.contract.ts';

jest.setTimeout(SLURM_TEST_MS);

const what = 'another release of Slurm on hosts';
whereBothSlurmsAre(what)(what, () => slurmNodesContract(secondRoot()));
