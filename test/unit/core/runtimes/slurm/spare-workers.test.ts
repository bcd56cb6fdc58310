import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { ClusterDefinition, Manifest } from '../../../../../core/manifest/schema.ts';
import { sparesWorkers } from '../../../../../core/runtimes/slurm/spare-workers.ts';
import { aSlurmManifest, nodesOf } from '../../../../builders/slurm.ts';

const nodePools = [
  { name: 'head', count: 1, instanceType: 'm6i.xlarge' },
  { name: 'gpu', count: 2, instanceType: 'g5.xlarge' },
  { name: 'cpu', count: 3, instanceType: 'c6i.4xlarge' },
];
type Policy = Manifest['spec']['onNodeLoss'];

const jobOf = (onNodeLoss: Policy, nodes: number | undefined, directives = '', spec: Partial<ClusterDefinition['spec']> = {}): Manifest =>
  aSlurmManifest({
    nodePools, onNodeLoss, runtime: { type: 'Slurm', ...(nodes === undefined ? {} : { nodes }) },
    hooks: { onRun: [{ name: 'train', script: `#!/bin/bash\n${directives}\n` }] }, ...spec,
  });

/** Whether a job goes on without the nodes of these names. */
function spares(manifest: Manifest, ...lost: readonly string[]): boolean {
  return sparesWorkers(manifest, nodesOf(manifest).filter(({ name }) => !lost.includes(name)));
}

describe('a job that Slurm has put back into its queue', () => {
  it('starts on what is left where that is as many as it says', () => {
    expect([3, 4, 5].map((nodes) => spares(jobOf('Requeue', nodes), 'cpu-0'))).toEqual([true, true, false]);
  });

  it('wants all its workers where it says nothing', () => {
    expect(spares(jobOf('Requeue', undefined), 'cpu-0')).toBe(false);
  });

  it('needs them in its partition, and with what its script asks for', () => {
    expect(spares(jobOf('Requeue', 2, '#SBATCH -p gpu'), 'gpu-0')).toBe(false);
    expect(spares(jobOf('Requeue', 2, '#SBATCH -p gpu'), 'cpu-0')).toBe(true);
    expect(spares(jobOf('Requeue', 2, '#SBATCH --gres=gpu:1'), 'gpu-0')).toBe(false);
    expect(spares(jobOf('Requeue', 1, '#SBATCH --gres=gpu:1'), 'gpu-0')).toBe(true);
    expect(spares(jobOf('Requeue', 1, '#SBATCH -p gpu'), 'gpu-0', 'gpu-1')).toBe(false);
  });

  it('does not, where its script picks nodes: nobody knows here whether it could', () => {
    for (const line of ['-w cpu-1', '-C us-east-1a', '-C cpu']) expect(spares(jobOf('Requeue', 1, `#SBATCH ${line}`), 'cpu-0')).toBe(false);
  });
});

describe('a job that Slurm let go on without lost nodes', () => {
  it('goes on with one worker, or with as many as it says', () => {
    expect(spares(jobOf('Replace', undefined), 'gpu-0', 'gpu-1', 'cpu-0', 'cpu-1')).toBe(true);
    expect(spares(jobOf('Replace', undefined), 'gpu-0', 'gpu-1', 'cpu-0', 'cpu-1', 'cpu-2')).toBe(false);
    expect([4, 5].map((nodes) => spares(jobOf('Replace', nodes), 'gpu-0'))).toEqual([true, false]);
  });

  it('has a worker in a head that computes', () => {
    const pools = [{ name: 'workers', count: 3, instanceType: 'c6i.4xlarge' }];
    expect(spares(jobOf('Replace', undefined, '', { nodePools: pools }), 'workers-1', 'workers-2')).toBe(true);
    expect(spares(jobOf('Requeue', 1, '', { nodePools: pools }), 'workers-1', 'workers-2')).toBe(true);
  });
});

it('a job that is to fail spares nobody', () => {
  expect(spares(jobOf('Fail', 1), 'cpu-0')).toBe(false);
});

it('whoever goes on without some nodes goes on without fewer of them', () => {
  const names = nodesOf(jobOf('Fail', 1)).map(({ name }) => name).slice(1);
  fc.assert(
    fc.property(fc.constantFrom<Policy>('Requeue', 'Replace'), fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }), fc.constantFrom('', '#SBATCH -p gpu', '#SBATCH -p cpu', '#SBATCH -c 8'), fc.subarray(names), fc.array(fc.boolean()), (policy, nodes, directives, lost, kept) => {
      const manifest = jobOf(policy, nodes, directives);
      const fewer = lost.filter((_, index) => kept[index] !== true);
      return !spares(manifest, ...lost) || spares(manifest, ...fewer);
    }),
  );
});
