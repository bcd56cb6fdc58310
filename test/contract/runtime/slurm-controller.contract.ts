import { beforeAll, expect, it } from '@jest/globals';
import { jobId } from '../../../core/job/ids.ts';
import type { ClusterDefinition, Manifest } from '../../../core/manifest/schema.ts';
import { batchOptions } from '../../../core/runtimes/slurm/batch/batch-options.ts';
import { clusterFiles } from '../../../core/runtimes/slurm/cluster/cluster-files.ts';
import { expandHosts } from '../../../core/runtimes/slurm/host-list.ts';
import { sbatchDirectives } from '../../../core/runtimes/slurm/batch/sbatch-directives.ts';
import { slurmProblems } from '../../../core/runtimes/slurm/problems/slurm-problems.ts';
import { aSlurmManifest, HARDWARE, nodesOf } from '../../builders/slurm.ts';
import { askController, type ControllerAnswers } from './slurm-controller.ts';

const nodePools = [
  { name: 'head', count: 1, instanceType: 'm6i.xlarge' },
  { name: 'gpu', count: 12, instanceType: ['p4d.24xlarge', 'p3.16xlarge'] },
  { name: 'cpu', count: 3, instanceType: 'c6i.4xlarge' },
  // Names as manifests may have them.
  { name: '0', count: 2, instanceType: 'c7g.4xlarge' },
  { name: `a--${'b'.repeat(57)}`, count: 11, instanceType: 'g5.xlarge' },
];

/** Scripts that are right, and what Slurm makes of them. */
const accepted: readonly (readonly [directives: string, job: Readonly<Record<string, string>>])[] = [
  ['', { JobName: 'train', NumNodes: '28', WorkDir: '/data', Requeue: '0', Partition: 'all' }],
  ['#SBATCH -p gpu', { NumNodes: '12', Partition: 'gpu' }],
  ['#SBATCH -N2 --ntasks-per-node=8', { NumNodes: '2', NumTasks: '16' }],
  ['#SBATCH -N 2-3 -p cpu', { Partition: 'cpu' }],
  ['#SBATCH --part cpu -n 6', { Partition: 'cpu', NumTasks: '6' }],
  ['#SBATCH -C "gpu&us-east-1a" -N1', { Features: 'gpu&us-east-1a' }],
  ['#SBATCH -w gpu-[0-1],cpu-2', { ReqNodeList: 'cpu-2,gpu-[0-1]' }],
  ['#SBATCH --gpus-per-node=8 -p gpu', { NumNodes: '12' }],
  ['#SBATCH --gres=gpu:8 -N 3', { NumNodes: '3' }],
  ['#SBATCH --mem=900G -N1', { MinMemoryNode: '900G' }],
  ['#SBATCH --mem-per-cpu=4G -p cpu', { NumNodes: '3', MinMemoryCPU: '4G' }],
  ['#SBATCH --mem-per-gpu=64G --gpus-per-node=1 -p gpu', { NumNodes: '12' }],
  ['#SBATCH --gpus=8 --gpus-per-task=1 -p gpu', { NumNodes: '1', NumTasks: '8' }],
  ['#SBATCH --gpus=16', { NumNodes: '2' }],
  ['#SBATCH --gpus-per-task=1 -N2 -p gpu', { NumNodes: '2', NumTasks: '2' }],
  ['#SBATCH --gpus-per-node=8', { NumNodes: '1' }],
  ['#SBATCH --gres=gpu:8', { NumNodes: '1' }],
  ['#SBATCH --mem=100G', { NumNodes: '1' }],
  ['#SBATCH -c 32', { NumNodes: '1' }],
  ['#SBATCH --mincpus=64', { NumNodes: '1' }],
  ['#SBATCH --cores-per-socket=48', { NumNodes: '1' }],
  ['#SBATCH -n 56 --ntasks-per-node=2', { NumNodes: '28' }],
  ['#SBATCH -N 2 -n 32 -p cpu', { NumNodes: '2', NumTasks: '32' }],
  // Slurm warns of it.
  ['#SBATCH -n 3 -N 5', { NumNodes: '3' }],
  ['#SBATCH --requeue --no-kill', { Requeue: '0' }],
  ['#SBATCH -N2 --\n', { NumNodes: '2' }],
  ['#SBATCH --gpus-per-task=1 -p gpu', { NumNodes: '12', NumTasks: '12' }],
  [`#SBATCH -J "it's a name" # and a comment`, { JobName: "it's a name" }],
  [String.raw`#SBATCH --comment="a \"b\""\#`, { Comment: 'a "b"#' }],
  ['#SBATCH --comment=a "" -N2', { Comment: 'a', NumNodes: '28' }],
  ["#SBATCH -J\n#\n\n#SBATCH 'next line'\necho\n#SBATCH -J too-late", { JobName: 'next line' }],
];

/** Scripts that Slurm refuses, and so do we. */
const refused = [
  '-N 29', '-N 4 -p cpu', '-p cpus', '-w gpu-12', '-x head-0', '-C m5.large', '--ntasks-per-node=97 -N1', '-N1 -c 97', '-n 2000 -p gpu', '--gres=gpu:9 -N1', '--gres=gpu:8 -N 13',
  '--gpus-per-node=8 -N13', '--gres=gpu:a100:8 -N1', '--gres=lustre:1', '--mem=2T -N1', '--mem=64G -p cpu', '--licenses=matlab', '--reservation=tomorrow',
  '--comment="open', 'four nodes', '-N', '-N1 :4', '-N2 -- -n4',
  '-N 0', '--nodes=2-1', '-N four', '-N 1.5', '-n 0', '-n four', '-c 0', '--ntasks-per-node=x', '--mincpus=0', '--mem=lots', '--mem=1.5G', '--gres=gpu:', '-w "gpu-[0-1"', '-x gpu-0]',
  '--tmp=1 -N1', '--mincpus=97 -N1', '--cores-per-socket=49 -N1', '--sockets-per-node=2 -N1', '-n 36 --ntasks-per-node=1', '-n 400 -N 3 -p gpu', '-N 1-2 -n 3 -c 11 -p cpu',
  '--mem-per-cpu=20G -c 4 -p cpu', '--mem=1G --mem-per-cpu=1G -N1', '-N 2-3 --gpus-per-task=1 -p gpu', '-N 2 --gpus=1 -p gpu', '-N 1 --gpus=9 -p gpu',
];

const manifestOf = (script: string, spec: Partial<ClusterDefinition['spec']> = {}): Manifest =>
  aSlurmManifest({ nodePools, hooks: { onRun: [{ name: 'train', script }] }, ...spec });

const submissionOf = (script: string): { readonly script: string; readonly options: readonly string[] } => {
  const manifest = manifestOf(script);
  return { script, options: manifest.spec.hooks.onRun.flatMap((step) => batchOptions(step, manifest)) };
};

/** The job that Slurm made of a submission, where `2-2` nodes are 2; or what sbatch said. */
function outcomeOf({ submitted }: ControllerAnswers, index: number): Readonly<Record<string, string>> {
  const answer = submitted[index];
  if (answer === undefined) return {};
  if ('refused' in answer) return { refused: answer.refused };
  return { ...answer.job, NumNodes: (answer.job['NumNodes'] ?? '').replace(/^(\d+)-\1$/, '$1') };
}

const scriptOf = (directives: string): string => `#!/bin/bash\n${directives}\nhostname\n`;

/** Whether a real Slurm reads what is made for it, and scripts as they are read here. */
export function slurmControllerContract(root: string): void {
  const manifest = manifestOf(scriptOf(''));
  const nodes = nodesOf(manifest);
  const workers = nodes.slice(1);
  const facts = new Map(Object.entries(HARDWARE));
  const withoutInterpreter = 'hostname\n';
  let answers: ControllerAnswers;

  beforeAll(async () => {
    const files = clusterFiles({ manifest, jobId: jobId('01hjob0000000000000000000a'), attempt: 1, namespace: 'biology', nodes, secret: 'c2VjcmV0'.repeat(16) });
    const scripts = [...accepted.map(([directives]) => scriptOf(directives)), ...refused.map((words) => scriptOf(`#SBATCH ${words}`)), withoutInterpreter, '#!/bin/bash\r\nhostname\r\n'];
    answers = await askController(root, files, nodes.map(({ name }) => name), scripts.map(submissionOf));
  });

  it('starts without a complaint', () => {
    expect(answers.complaints).toEqual([]);
  });

  it('has each worker with what its type has', () => {
    const byName = new Map(answers.nodes.map((node) => [node['NodeName'], node]));
    expect([...byName.keys()].toSorted()).toEqual(workers.map(({ name }) => name).toSorted());
    for (const { name, hardware, pool, zone, instanceType } of workers) {
      expect(byName.get(name)).toMatchObject({
        CPUTot: String(hardware?.vcpus), CoresPerSocket: String(hardware?.cores), RealMemory: String(Math.floor((hardware?.memoryMiB ?? 0) * 0.95)),
        Gres: hardware?.gpus === 0 ? '(null)' : `gpu:${hardware?.gpus}`, AvailableFeatures: `${pool},${zone},${instanceType}`, Partitions: `${pool},all`,
      });
    }
  });

  it('has a switch for each zone, and one above them over all', () => {
    const byName = new Map(answers.switches.map((each) => [each['SwitchName'], expandHosts(each['Nodes'] ?? '')?.toSorted()]));
    const zones = new Set(workers.map(({ zone }) => zone));
    expect(byName.size).toBe(zones.size + 1);
    for (const zone of zones) expect(byName.get(zone)).toEqual(workers.filter((node) => node.zone === zone).map(({ name }) => name).toSorted());
    expect(byName.get('zones')).toEqual(workers.map(({ name }) => name).toSorted());
  });

  it('has a partition for each pool of workers, and that of all by default', () => {
    const named = answers.partitions.map((each) => [each['PartitionName'], each['TotalNodes'], each['Default']]);
    expect(named.toSorted()).toEqual([['0', '2', 'NO'], [nodePools[4]?.name, '11', 'NO'], ['all', '28', 'YES'], ['cpu', '3', 'NO'], ['gpu', '12', 'NO']]);
  });

  it.each(accepted.map(([directives, job], index) => [directives, job, index] as const))('takes %j as we do', (directives, job, index) => {
    expect(slurmProblems(manifestOf(scriptOf(directives)), facts)).toEqual([]);
    expect(outcomeOf(answers, index)).toMatchObject(job);
    expect(sbatchDirectives(scriptOf(directives)).faults).toEqual([]);
  });

  it.each(refused.map((words, index) => [words, accepted.length + index] as const))('refuses %s as we do', (words, index) => {
    expect(slurmProblems(manifestOf(scriptOf(`#SBATCH ${words}`)), facts)).not.toEqual([]);
    expect(outcomeOf(answers, index)).toEqual({ refused: expect.stringMatching(/./) });
  });

  it('takes no script without an interpreter, and none with Windows line ends', () => {
    const said = answers.submitted.slice(-2).map((each) => ('refused' in each ? each.refused : ''));
    expect(said).toEqual([expect.stringContaining('must start with #!'), expect.stringContaining('DOS line breaks')]);
  });
}
