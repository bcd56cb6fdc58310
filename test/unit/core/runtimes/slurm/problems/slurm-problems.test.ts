import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { ClusterDefinition } from '../../../../../../core/manifest/schema.ts';
import { slurmDoubts } from '../../../../../../core/runtimes/slurm/problems/slurm-doubts.ts';
import { slurmProblems } from '../../../../../../core/runtimes/slurm/problems/slurm-problems.ts';
import { aSlurmManifest, HARDWARE } from '../../../../../builders/slurm.ts';

type Spec = Partial<ClusterDefinition['spec']>;

const facts = new Map(Object.entries(HARDWARE));
const head = { name: 'head', count: 1, instanceType: 'm6i.xlarge' };
const pools = [head, { name: 'gpu', count: 2, instanceType: ['p4d.24xlarge', 'p3.16xlarge'] }, { name: 'cpu', count: 3, instanceType: 'c6i.4xlarge' }];

const problemsOf = (spec: Spec): readonly string[] => slurmProblems(aSlurmManifest(spec), facts).map(({ code, path, message }) => `${code} ${path} ${message}`);
const scriptProblems = (directives: string, spec: Spec = {}): readonly string[] =>
  problemsOf({ nodePools: pools, hooks: { onRun: [{ name: 'run', script: `#!/bin/bash\n${directives}\nsrun ./run\n` }] }, ...spec });

describe('what is wrong with a manifest for Slurm', () => {
  it('is nothing where it is right, or is for another runtime', () => {
    expect(problemsOf({})).toEqual([]);
    expect(problemsOf({ runtime: { type: 'None' }, nodePools: [{ ...head, count: 3 }], hooks: { onRun: [{ name: 'run', script: 'true' }] } })).toEqual([]);
  });

  it.each([
    ['a head pool of three', { nodePools: [{ ...head, count: 3 }] }, /^conflict spec\.nodePools\[0\]\.count Slurm has one head node, and head is its pool/],
    ['a pool called as the partition of all', { nodePools: [head, { ...head, name: 'all' }] }, /^conflict spec\.nodePools\[1\]\.name .*"all"/],
    ['a pool called default', { nodePools: [head, { ...head, name: 'default' }] }, /^conflict spec\.nodePools\[1\]\.name .*"default"/],
    ['a pool whose nodes are no host names', { nodePools: [head, { ...head, name: 'a'.repeat(62), count: 11 }] }, /^out-of-range spec\.nodePools\[1\]\.name .*shorten it by 2/],
    ['more nodes than compute', { runtime: { type: 'Slurm', nodes: 5 } }, /^limit-exceeded spec\.runtime\.nodes asks for 5 nodes, and the cluster has 4 that compute/],
    ['more tasks than CPUs', { runtime: { type: 'Slurm', tasksPerNode: 17 }, hooks: { onRun: [{ name: 'run', image: 'a:1' }] } }, /^limit-exceeded spec\.runtime\.tasksPerNode asks for 17 CPUs on each of 4 nodes; no worker has so many/],
    ['a script without an interpreter', { hooks: { onRun: [{ name: 'run', script: 'srun hostname' }] } }, /^invalid-value spec\.hooks\.onRun\[0\]\.script line 1: .*#!\/bin\/bash/],
    ['a script with Windows line ends', { hooks: { onRun: [{ name: 'run', script: '#!/bin/bash\r\nsrun hostname\r\n' }] } }, /^windows-line-ends spec\.hooks\.onRun\[0\]\.script/],
  ] as const satisfies readonly (readonly [string, Spec, RegExp])[])('%s', (_, spec, message) => {
    expect(problemsOf(spec)).toEqual([expect.stringMatching(message)]);
  });

  it('is not the count of a first pool that is the head because somebody has to be', () => {
    expect(problemsOf({ nodePools: [{ ...head, name: 'workers', count: 3 }] })).toEqual([]);
  });

  it('is told once where several steps have it', () => {
    const image = (name: string) => ({ name, image: 'a:1' });
    expect(problemsOf({ runtime: { type: 'Slurm', tasksPerNode: 17 }, hooks: { onRun: [image('a'), image('b')] } })).toHaveLength(1);
  });
});

describe('#SBATCH lines that cannot work', () => {
  it.each([
    ['--nodes=6', /^limit-exceeded .*line 2, --nodes=6: the job asks for 6 nodes, and there are 5/],
    ['-N 6-8', /the job asks for 6 nodes, and there are 5/],
    ['-N 3 -p gpu', /the job asks for 3 nodes, and there are 2/],
    ['-p gpus', /^not-offered .*there is no partition gpus; there are: gpu, cpu, all/],
    ['-p head', /there is no partition head/],
    ['-w gpu-2', /^not-offered .*gpu-2 is no worker; there are 2 of gpu, 3 of cpu, called gpu-0 and so on/],
    ['--nodelist=gpu-[0-1],head-0', /head-0 is no worker/],
    ['--exclude=cpu-[0-3]', /cpu-3 is no worker/],
    ['-C us-west-2a', /no node has the feature us-west-2a/],
    ['-C "gpu|m5.large"', /no node has the feature m5.large/],
    ['-n 241', /asks for 241 tasks of 1 CPU, and the workers have room for 240 at most/],
    ['-n 100 -c 3', /asks for 100 tasks of 3 CPUs, and the workers have room for 79 at most/],
    ['-n 6 --ntasks-per-node=1', /asks for 6 tasks of 1 CPU, 1 on a node, and the workers have room for 5/],
    ['-n 193 -N 2', /asks for 193 tasks of 1 CPU, and 2 workers have room for 192 at most/],
    ['-n 4 -c 9 -p cpu', /asks for 4 tasks of 9 CPUs, and the workers have room for 3 at most/],
    ['--ntasks-per-node=17 -N 3', /asks for 17 CPUs on each of 3 nodes; 2 workers have so many/],
    ['-N1 -c 97', /asks for 97 CPUs on each of 1 node; no worker has so many/],
    ['--gres=gpu:8 -N 3', /asks for 8 GPUs on each of 3 nodes; 2 workers have so many/],
    ['--gpus-per-node=9', /asks for 9 GPUs on each of 1 node; no worker has so many/],
    ['--ntasks-per-node=17', /asks for 17 CPUs on each of 5 nodes; 2 workers have so many: say how many nodes, or in which partition/],
    ['--mincpus=64 -N3', /asks for 64 CPUs on each of 3 nodes; 2 workers have so many/],
    ['--cores-per-socket=49 -N1', /asks for 49 cores on each of 1 node; no worker has so many/],
    ['--sockets-per-node=2', /^limit-exceeded .*each node has one socket/],
    ['--mem-per-cpu=16G -c 2 -p cpu', /asks for 32768 MiB for jobs on each of 3 nodes; no worker has so many/],
    ['-N 0', /^invalid-value .*a job needs a node/],
    ['--nodes=2-1', /^invalid-value .*the least is more than the most/],
    ['--nodes=four', /^invalid-value .*must be a number of nodes/],
    ['-n 0', /^invalid-value .*line 2, -n 0: must be a whole number from 1 on/],
    ['--ntasks-per-node=x', /must be a whole number from 1 on/],
    ['--mem=1G --mem-per-gpu=1G', /^conflict .*line 2, --mem-per-gpu=1G: of --mem, --mem-per-cpu, --mem-per-gpu a job may have one/],
    ['-N 1 --gpus=9', /asks for 9 GPUs, and 1 worker has 8 at most/],
    ['-N 2 -G 1', /^conflict .*asks for 1 GPUs, fewer than the 2 nodes/],
    ['-C gpu --gpus-per-task=1', /^missing .*how many tasks there are/],
    ['--mem=1.5G', /must be a whole number with a unit, such as 16G/],
    ['--gres=gres/gpu:1', /^invalid-value .*leave it out/],
    ['--gres=gpu:', /has no number behind a colon/],
    ['-w "gpu-[0-1"', /a bracket has no other that belongs to it/],
    ['--tmp=10G', /^not-supported .*diskSizeGiB/],
    ['--gres=gpu -p cpu', /asks for 1 GPUs on each of 3 nodes; no worker has so many/],
    ['--gpus=17', /asks for 17 GPUs, and the workers have 16 at most/],
    ['--gpus-per-task=3 --ntasks-per-node=4 -N1', /asks for 12 GPUs on each of 1 node; no worker has so many/],
    ['--gres=gpu:a100:8 -p gpu', /^not-offered .*GPUs have no types here/],
    ['--gres=lustre:1', /nodes have no lustre/],
    ['--mem=64G -p cpu', /asks for 65536 MiB for jobs on each of 3 nodes; no worker has so many/],
    ['--array=1-4', /^not-supported .*a step of the run is one job/],
    ['--wait', /the orchestrator waits for the job itself/],
    ['--hold', /lets each job go/],
    ['--test-only', /nothing would run/],
    ['--wrap=hostname', /is for jobs without a script/],
    ['hetjob', /^invalid-value .*line 2: jobs of several components/],
    ['--comment="open', /line 2: a " has no other that closes it/],
  ])('%s', (directives, message) => {
    expect(scriptProblems(`#SBATCH ${directives}`)).toEqual([expect.stringMatching(message)]);
  });

  it.each([
    ['--nodes=3', { runtime: { type: 'Slurm', nodes: 2 } }, 'runtime.nodes is 2'],
    ['-N 3-4', { runtime: { type: 'Slurm', nodes: 2 } }, 'runtime.nodes is 2'],
    ['--ntasks-per-node=3', { runtime: { type: 'Slurm', tasksPerNode: 2 } }, 'runtime.tasksPerNode is 2'],
    ['--exclusive', { runtime: { type: 'Slurm', exclusive: false } }, 'runtime.exclusive is false'],
    ['-s', { runtime: { type: 'Slurm', exclusive: true } }, 'runtime.exclusive is true'],
    ['--no-requeue', { onNodeLoss: 'Requeue' }, 'onNodeLoss is Requeue'],
    ['--no-kill', { onNodeLoss: 'Requeue' }, 'onNodeLoss is Requeue'],
  ] as const satisfies readonly (readonly [string, Spec, string])[])('%s is not what the manifest says', (directives, spec, message) => {
    expect(scriptProblems(`#SBATCH ${directives}`, spec)).toEqual([expect.stringContaining(`line 2, ${directives}: ${message}`)]);
  });

  it.each([
    '', '-N5', '-N 2-8 -p cpu', '-p gpu', '-p gpu,cpu -N3', '-p all', '-w gpu-[0-1]', '-w ./nodes -N2', '-x cpu-2', '-C us-east-1a', '-C "[gpu*1&cpu*2]" -N3',
    '-C p4d.24xlarge', '-n 240', '-n 500 --overcommit', '--gres=gpu:8 -p gpu', '--gpus-per-node=8 -N2', '-G 16', '--gres=none', '--mem=0', '--mem=30G -p cpu', '--array-is-unknown',
    '--no-requeue', '--exclusive', '-J "a name" -o /data/%j.out', '--dependency=afterok:1', '--no-kill=off', '--switches=1',
    // Not all pools have it: Slurm chooses of those that do.
    '--gpus-per-node=8', '--gres=gpu:8', '--mem=100G', '-c 32', '--mincpus=64', '--cores-per-socket=48', '--mem-per-cpu=100G', '--sockets-per-node=1',
    '-N 1-2', '-n 5 --ntasks-per-node=1', '-n 192 -N 2', '--gres=gpu:0', '-x "gpu-[0,1]"', '--requeue', '--no-kill',
  ])('nothing is wrong with %s', (directives) => {
    expect(scriptProblems(`#SBATCH ${directives}`)).toEqual([]);
  });

  it('nothing is wrong with what is said of types that nobody knows', () => {
    const nodePools = [head, { name: 'gpu', count: 2, instanceType: 'x9.huge' }];
    expect(scriptProblems('#SBATCH --gpus-per-node=8 --mem=9T\n#SBATCH -c 1000', { nodePools })).toEqual([]);
    expect(scriptProblems('#SBATCH --gpus=800', { nodePools })).toEqual([]);
  });

  it('can be said of any script', () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom('-N', '-p', '-w', '-C', '--gres', '--mem=', '4', 'gpu', '-x', 'gpu-[0-9]', '--gpus='))), (words) => {
      const hooks = { onRun: [{ name: 'run', script: `#!/bin/sh\n#SBATCH ${words.join(' ')}\n` }] };
      return slurmProblems(aSlurmManifest({ nodePools: pools, hooks }), facts).every(({ path, message }) => path === 'spec.hooks.onRun[0].script' && message !== '');
    }));
  });
});

const doubtsOf = (directives: string, spec: Spec = {}): readonly string[] =>
  slurmDoubts(aSlurmManifest({ hooks: { onRun: [{ name: 'run', script: `#!/bin/bash\n${directives}\n` }] }, ...spec })).map(({ code, path, message }) => `${code} ${path} ${message}`);

describe('what is allowed but probably not meant', () => {
  it.each([
    ['#SBATCH --requeue', {}, /^conflict spec\.hooks\.onRun\[0\]\.script line 2, --requeue: does not count, since onNodeLoss is Fail: .*onNodeLoss: Requeue/],
    ['#SBATCH -k', {}, /^conflict .*line 2, -k: does not count, since onNodeLoss is Fail: .*onNodeLoss: Replace/],
    ['#SBATCH --gres=gpu:8', { nodePools: pools }, /^out-of-range .*Slurm takes as many as the tasks need, which may be one/],
    ['', { nodePools: [head, { name: 'gpu', count: 1, instanceType: 'p4d.24xlarge', image: 'nvidia-gpu' }] }, /^not-offered spec\.nodePools\[1\]\.image must have Slurm itself/],
  ] as const satisfies readonly (readonly [string, Spec, RegExp])[])('%s', (directives, spec, doubt) => {
    expect(doubtsOf(directives, spec)).toEqual([expect.stringMatching(doubt)]);
  });

  it.each([
    ['#SBATCH --requeue', { onNodeLoss: 'Replace' }], ['#SBATCH --no-kill', { onNodeLoss: 'Replace' }], ['#SBATCH --no-kill=off', {}], ['#SBATCH --no-requeue', {}],
    ['#SBATCH --gres=gpu:8 -N2', { nodePools: pools }], ['#SBATCH --gres=gpu:8 -p gpu', { nodePools: pools }], ['#SBATCH -c 4', {}],
    ['#SBATCH --gres=gpu:8', { nodePools: pools, runtime: { type: 'Slurm', nodes: 2 } }],
    ['', { nodePools: [head, { name: 'gpu', count: 1, instanceType: 'p4d.24xlarge', image: 'ami-0123456789abcdef0' }] }],
    ['#SBATCH --requeue', { runtime: { type: 'None' } }],
  ] as const satisfies readonly (readonly [string, Spec])[])('is not %s with %j', (directives, spec) => {
    expect(doubtsOf(directives, spec)).toEqual([]);
  });
});

describe('a time limit that is longer than the cluster lives', () => {
  it.each([['61'], ['61:00'], ['1:00:01'], ['1-0'], ['0-1:01'], ['0-01:00:01']])('-t %s is doubtful', (time) => {
    const hooks = { onRun: [{ name: 'run', script: `#!/bin/bash\n#SBATCH -t ${time}\n` }] };
    expect(slurmDoubts(aSlurmManifest({ hooks }))).toEqual([expect.objectContaining({ path: 'spec.hooks.onRun[0].script', message: expect.stringContaining('lives for 3600 seconds') })]);
  });

  it.each([['60'], ['1:00:00'], ['0'], ['UNLIMITED'], ['0-1']])('-t %s is not', (time) => {
    expect(slurmDoubts(aSlurmManifest({ hooks: { onRun: [{ name: 'run', script: `#!/bin/bash\n#SBATCH -t ${time}\n` }] } }))).toEqual([]);
  });
});
