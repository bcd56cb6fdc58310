import { beforeAll, expect, it, jest } from '@jest/globals';
import type { ClusterDefinition } from '../../../core/manifest/schema.ts';
import { OrchestratorApiError, type Problem } from '../../../sdk/src/index.ts';
import type { SharedCloud } from '../cloud/shared-cloud.ts';
import { aSlurmCluster, batch } from './clusters.ts';
import { slurmCloud } from './slurm-cloud.ts';
import { slurmIsHere, whereSlurmIs } from '../../slurm/slurm-here.ts';

jest.setTimeout(240_000);

type Spec = ClusterDefinition['spec'];

/** Two workers without GPUs; `spec` says what is wrong. */
const two = (spec: Partial<Spec>): ClusterDefinition => aSlurmCluster('bad', { count: 2, instanceType: 'c6i.large' }, spec);
const running = (...lines: readonly string[]): ClusterDefinition => two({ hooks: { onRun: [{ name: 'Work', script: `${lines.join('\n')}\n` }] } });
const head = { name: 'head', count: 1, instanceType: 'm6i.large' };
const poolCalled = (name: string): ClusterDefinition => two({ nodePools: [head, { name, count: 2, instanceType: 'c6i.large' }] });

interface Bad {
  readonly manifest: ClusterDefinition;
  readonly script?: string;
  readonly path: string;
  readonly says: RegExp;
}

const bad: Readonly<Record<string, Bad>> = {
  'a pool with a name that Slurm rejects': { manifest: poolCalled('work_ers[0]'), path: 'spec.nodePools[1].name', says: /letters/ },
  'a pool that is called as a partition of Slurm\'s own': { manifest: poolCalled('all'), path: 'spec.nodePools[1].name', says: /partition/ },
  'a head pool of three': {
    manifest: two({ nodePools: [{ ...head, count: 3 }, { name: 'workers', count: 2, instanceType: 'c6i.large' }] }),
    path: 'spec.nodePools[0].count', says: /one head node/,
  },
  'more nodes than the cluster has': { manifest: two({ runtime: { type: 'Slurm', nodes: 3 } }), path: 'spec.runtime.nodes', says: /3 nodes.* 2/ },
  'a script that asks for more nodes than the cluster has': { manifest: running('#!/bin/bash', '#SBATCH --nodes=3'), path: 'spec.hooks.onRun[0].script', says: /\b3\b.*\b2\b/ },
  'GPUs of types that have none': { manifest: running('#!/bin/bash', '#SBATCH --gres=gpu:1'), path: 'spec.hooks.onRun[0].script', says: /GPU/i },
  'a batch script without a first line that says what runs it': { manifest: running('echo hello'), path: 'spec.hooks.onRun[0].script', says: /#!\/bin\/bash/ },
  'a submitted script without one': { manifest: two({}), script: 'echo hello\n', path: 'script', says: /#!\/bin\/bash/ },
  'a script that contradicts the manifest': {
    manifest: two({ runtime: { type: 'Slurm', nodes: 2 }, hooks: { onRun: [{ name: 'Work', script: '#!/bin/bash\n#SBATCH --nodes=1\n' }] } }),
    path: 'spec.hooks.onRun[0].script', says: /line 2/,
  },
  'a release that nobody has': { manifest: two({ runtime: { type: 'Slurm', version: '19.05' }, hooks: { onRun: [batch('Work')] } }), path: 'spec.runtime.version', says: /it has: .*22\.05|it has: .*24\.11/ },
};

let cloud: SharedCloud;

beforeAll(async () => {
  if (slurmIsHere) cloud = await slurmCloud();
});

async function refusal({ manifest, script }: Bad): Promise<Problem> {
  const { metadata: { namespace } } = manifest;
  const answer: unknown = await cloud.client().submitJob(namespace, { manifest: { ...manifest }, ...(script === undefined ? {} : { script }) }).catch((error: unknown) => error);
  if (!(answer instanceof OrchestratorApiError)) throw new Error(`It was accepted: ${JSON.stringify(answer)}`);
  return answer.problem;
}

whereSlurmIs('manifests that Slurm could not run')('at submission is refused', () => {
  it.each(Object.entries(bad))('%s', async (_, wrong) => {
    const { status, errors = [] } = await refusal(wrong);
    expect(status).toBe(422);
    expect(errors).toContainEqual(expect.objectContaining({ path: wrong.path, message: expect.stringMatching(wrong.says) }));
  });
});
