import { describe, expect, it } from '@jest/globals';
import type { ClusterDefinition } from '../../../../../../core/manifest/schema.ts';
import { batchStep } from '../../../../../../core/runtimes/slurm/batch/batch-step.ts';
import { aSlurmManifest } from '../../../../../builders/slurm.ts';

type Spec = Partial<ClusterDefinition['spec']>;

const step = { kind: 'script' as const, name: 'train', timeoutSeconds: 60, env: { A: '1' } };

function optionsOf(directives: string, spec: Spec = {}): readonly string[] {
  const { files } = batchStep({ ...step, script: `#!/bin/bash\n${directives}\nsrun ./train\n` }, aSlurmManifest(spec));
  return (files?.['options'] ?? '').split('\n').filter((line) => line !== '');
}

const pools = [
  { name: 'head', count: 1, instanceType: 'm6i.xlarge' },
  { name: 'gpu', count: 2, instanceType: 'p4d.24xlarge' },
  { name: 'cpu', count: 3, instanceType: 'c6i.4xlarge' },
];

describe('a batch step', () => {
  it('runs on all workers with one task each, which are its own', () => {
    expect(optionsOf('')).toEqual(['--job-name=train', '--chdir=/data', '--nodes=4', '--ntasks-per-node=1', '--exclusive', '--no-requeue']);
  });

  it('is a step of the head node that a launcher runs, with the user’s action and environment', () => {
    expect(batchStep({ kind: 'image', name: 'train', image: 'a:1', timeoutSeconds: 60, env: { A: '1' } }, aSlurmManifest())).toMatchObject({
      name: 'train', ranks: 'head', launcher: 'slurm/run-job.sh', action: { kind: 'image', image: 'a:1' }, env: { A: '1' }, timeoutSeconds: 60, system: false,
    });
  });

  it('tells the launcher how long a worker may be down: longer than EC2 and a replacement take to be noticed', () => {
    expect(batchStep({ ...step, script: 'true' }, aSlurmManifest()).files).toMatchObject({ 'down-seconds': '900\n' });
  });

  it('does what the manifest says', () => {
    const runtime = { type: 'Slurm', nodes: 3, tasksPerNode: 8, exclusive: false } as const;
    expect(optionsOf('', { runtime })).toEqual(['--job-name=train', '--chdir=/data', '--nodes=3', '--ntasks-per-node=8', '--no-requeue']);
  });

  it.each([
    ['Fail', '', ['--no-requeue']],
    ['Fail', '#SBATCH --requeue', ['--no-requeue']],
    ['Fail', '#SBATCH --no-kill', ['--no-requeue', '--no-kill=off']],
    ['Requeue', '', ['--requeue']],
    ['Replace', '', ['--no-kill', '--no-requeue']],
    ['Replace', '#SBATCH --requeue', ['--no-kill']],
  ] as const)('onNodeLoss %s and %j make %j', (onNodeLoss, directives, options) => {
    expect(optionsOf(directives, { onNodeLoss }).filter((option) => /requeue|kill/.test(option))).toEqual(options);
  });

  it.each([
    ['#SBATCH -J mine', '--job-name'],
    ['#SBATCH --chdir=/scratch', '--chdir'],
    ['#SBATCH -N 2', '--nodes'],
    ['#SBATCH -n 2', '--nodes'],
    ['#SBATCH -n 2', '--ntasks-per-node'],
    ['#SBATCH -w workers-1', '--nodes'],
    ['#SBATCH --constraint=us-east-1a', '--nodes'],
    ['#SBATCH --ntasks-per-node=4', '--ntasks-per-node'],
    ['#SBATCH --exclusive', '--exclusive'],
    ['#SBATCH --oversubscribe', '--exclusive'],
    ['#SBATCH --mem-per-cpu=4G', '--exclusive'],
    ['#SBATCH --mem-per-gpu=64G', '--exclusive'],
    ['#SBATCH --gpus=8', '--ntasks-per-node'],
    ['#SBATCH --gpus-per-task=1', '--ntasks-per-node'],
  ])('leaves to the script what it says: %s', (directives, option) => {
    expect(optionsOf(directives).filter((each) => each.split('=')[0] === option)).toEqual([]);
  });

  it('has its nodes for itself where the manifest says so, however it counts memory', () => {
    expect(optionsOf('#SBATCH --mem-per-cpu=1G', { runtime: { type: 'Slurm', exclusive: true } })).toContain('--exclusive');
  });

  it.each([['', '--nodes=5'], ['#SBATCH -p gpu', '--nodes=2'], ['#SBATCH -p all', '--nodes=5']])('with %j takes %s: all workers of its partition', (directives, option) => {
    expect(optionsOf(directives, { nodePools: pools })).toContain(option);
  });

  it.each(['-p gpu,cpu', '--gres=gpu:8', '--mem=100G', '-c 32', '--mincpus=64'])('leaves to Slurm how many nodes, where not all may do: %s', (words) => {
    expect(optionsOf(`#SBATCH ${words}`, { nodePools: pools }).join(' ')).not.toContain('--nodes');
  });

  it.each([['-c 4', '--nodes=4', {}], ['--mem=100G -p gpu', '--nodes=2', { nodePools: pools }]] as const)('takes all workers with %s where they are alike', (words, option, spec) => {
    expect(optionsOf(`#SBATCH ${words}`, spec)).toContain(option);
  });
});
