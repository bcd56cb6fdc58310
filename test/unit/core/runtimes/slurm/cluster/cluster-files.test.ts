import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { epochMs, jobId } from '../../../../../../core/job/ids.ts';
import type { Node } from '../../../../../../core/job/job.ts';
import type { Manifest } from '../../../../../../core/manifest/schema.ts';
import { clusterFiles } from '../../../../../../core/runtimes/slurm/cluster/cluster-files.ts';
import { expandHosts } from '../../../../../../core/runtimes/slurm/host-list.ts';
import { aNode } from '../../../../../builders/nodes.ts';
import { aSlurmManifest, HARDWARE, nodesOf } from '../../../../../builders/slurm.ts';

const secret = 'c2VjcmV0'.repeat(16);
const filesOf = (manifest: Manifest, nodes: readonly Node[] = nodesOf(manifest)): Readonly<Record<string, string>> =>
  clusterFiles({ manifest, jobId: jobId('01hjob0000000000000000000a'), attempt: 1, namespace: 'biology', nodes, secret });

/** The lines of a file that begin with a key, as their keys and values; host lists are expanded. */
function read(text: string | undefined, key: string): readonly Readonly<Record<string, string>>[] {
  const lines = (text ?? '').split('\n').filter((line) => line.startsWith(`${key}=`));
  return lines.map((line) => Object.fromEntries(line.split(' ').map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)])));
}

const namesIn = (list: string | undefined): readonly string[] => expandHosts(list ?? '') ?? [];
const workersIn = (files: Readonly<Record<string, string>>): readonly string[] => (files['workers'] ?? '').split('\n').filter((name) => name !== '');

const mixed = aSlurmManifest({
  nodePools: [
    { name: 'head-node', count: 1, instanceType: 'm6i.xlarge' },
    { name: 'gpu-workers', count: 5, instanceType: ['p4d.24xlarge', 'p3.16xlarge'] },
    { name: 'arm', count: 2, instanceType: 'c7g.4xlarge' },
    { name: 'small', count: 1, instanceType: 'g5.xlarge' },
  ],
});

describe('the files of a Slurm cluster', () => {
  const files = filesOf(mixed);

  it('give each node what its type has, and its pool, zone and type as features', () => {
    const byName = new Map(read(files['slurm.conf'], 'NodeName').flatMap((line) => namesIn(line['NodeName']).map((name) => [name, line] as const)));
    expect(byName.get('gpu-workers-0')).toMatchObject({
      CPUs: '96', SocketsPerBoard: '1', CoresPerSocket: '48', ThreadsPerCore: '2', RealMemory: '1120665', Gres: 'gpu:8', Features: 'gpu-workers,us-east-1b,p4d.24xlarge',
    });
    expect(byName.get('gpu-workers-1')).toMatchObject({ CPUs: '64', Gres: 'gpu:8', Features: 'gpu-workers,us-east-1c,p3.16xlarge' });
    expect(byName.get('arm-0')).toMatchObject({ CPUs: '16', CoresPerSocket: '16', ThreadsPerCore: '1' });
    expect(byName.get('arm-0')).not.toHaveProperty('Gres');
  });

  it('have a partition for each pool of workers, and the one of all that jobs get by default', () => {
    expect(read(files['slurm.conf'], 'PartitionName').map(({ PartitionName, Nodes, Default }) => [PartitionName, Nodes, Default])).toEqual([
      ['gpu-workers', 'gpu-workers-[0-4]', undefined],
      ['arm', 'arm-[0-1]', undefined],
      ['small', 'small-0', undefined],
      ['all', 'gpu-workers-[0-4],arm-[0-1],small-0', 'YES'],
    ]);
  });

  it('have a switch for each zone and one above them', () => {
    expect(files['topology.conf']).toBe(
      [
        'SwitchName=us-east-1b Nodes=gpu-workers-[0,3],arm-1',
        'SwitchName=us-east-1c Nodes=gpu-workers-[1,4],small-0',
        'SwitchName=us-east-1a Nodes=gpu-workers-2,arm-0',
        'SwitchName=zones Switches=us-east-1b,us-east-1c,us-east-1a',
        '',
      ].join('\n'),
    );
    expect(filesOf(mixed, nodesOf(mixed, ['us-east-1d']))['topology.conf']).toBe('SwitchName=us-east-1d Nodes=gpu-workers-[0-4],arm-[0-1],small-0\n');
  });

  it('name the devices of nodes with GPUs', () => {
    expect(files['gres.conf']).toBe('NodeName=gpu-workers-[0-4] Name=gpu File=/dev/nvidia[0-7]\nNodeName=small-0 Name=gpu File=/dev/nvidia0\n');
    expect(filesOf(aSlurmManifest())['gres.conf']).toBe('');
  });

  it('have the secret as the key of munge, and nowhere else', () => {
    const { 'munge.key': key, ...others } = files;
    expect(key).toBe(secret);
    expect(JSON.stringify(others)).not.toContain(secret);
  });

  it('put the controller on the head node, and leave to the machine what depends on it', () => {
    expect(files['slurm.conf']).toMatch(/^ClusterName=01hjob0000000000000000000a\nSlurmctldHost=head-node-0\n/);
    expect(files['slurm.conf']).toMatch(/\nInclude \S*machine\.conf\n$/);
  });

  it('record jobs where the manifest wants that', () => {
    expect(files['slurm.conf']).not.toContain('JobComp');
    expect(filesOf(aSlurmManifest({ runtime: { type: 'Slurm', accounting: true } }))['slurm.conf']).toContain('JobCompType=jobcomp/filetxt\nJobCompLoc=/data/slurm/jobs.log\n');
  });

  it('count threads as cores where a type has no whole number of them in each core', () => {
    const odd = nodesOf(aSlurmManifest()).map((node) => ({ ...node, hardware: { vcpus: 7, cores: 2, memoryMiB: 1000, gpus: 0 } }));
    expect(read(filesOf(aSlurmManifest(), odd)['slurm.conf'], 'NodeName')[0]).toMatchObject({ CPUs: '7', CoresPerSocket: '7', ThreadsPerCore: '1', RealMemory: '950' });
  });

  it('are not made of a node whose type nobody knew', () => {
    const manifest = aSlurmManifest();
    const nodes = manifest.spec.nodePools.flatMap(({ name, count, instanceTypes: [instanceType = ''] }, pool) =>
      Array.from({ length: count }, (_, index) => aNode(pool + index, { name: `${name}-${index}`, pool: name, instanceType })));
    expect(() => filesOf(manifest, nodes)).toThrow(expect.objectContaining({ name: 'InternalError', message: expect.stringContaining('c6i.4xlarge') }));
  });

  it('are not made without a head node', () => {
    expect(() => filesOf(aSlurmManifest(), nodesOf(aSlurmManifest()).slice(1))).toThrow(expect.objectContaining({ name: 'InternalError' }));
  });

  it('leave out nodes that were replaced', () => {
    const nodes = nodesOf(aSlurmManifest());
    const replaced = nodes.flatMap((node) => (node.rank === 2 ? [{ ...node, goneAtMs: epochMs(9), zone: 'us-east-1x' }, node] : [node]));
    expect(filesOf(aSlurmManifest(), replaced)).toEqual(filesOf(aSlurmManifest(), nodes));
  });
});

describe('who computes', () => {
  it.each([
    ['the workers where a pool is the head by its name', [{ name: 'head', count: 1 }, { name: 'w', count: 2 }], ['w-0', 'w-1']],
    ['the workers where a pool is the head by its role', [{ name: 'w', count: 2 }, { name: 'boss', count: 1, role: 'head' }], ['w-0', 'w-1']],
    ['all nodes where the head is only the first of a pool', [{ name: 'a', count: 2 }, { name: 'b', count: 1 }], ['a-0', 'a-1', 'b-0']],
    ['the head where there is nobody else', [{ name: 'head', count: 1 }], ['head-0']],
  ] as const)('%s', (_, pools, workers) => {
    const manifest = aSlurmManifest({ nodePools: pools.map((pool) => ({ ...pool, instanceType: 'm6i.xlarge' })) });
    expect(workersIn(filesOf(manifest))).toEqual(workers);
  });
});

describe('the files of any cluster', () => {
  const types = Object.keys(HARDWARE);
  const aPool = fc.record({ name: fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,6}[a-z0-9])?$/), types: fc.uniqueArray(fc.constantFrom(...types), { minLength: 1, maxLength: 3 }) });
  const aCluster = fc.record({
    pools: fc.uniqueArray(fc.tuple(aPool, fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 40 }) }, { weight: 1, arbitrary: fc.integer({ min: 41, max: 1000 }) })), {
      minLength: 1, maxLength: 5, selector: ([{ name }]) => name,
    }),
    zones: fc.uniqueArray(fc.constantFrom('us-east-1a', 'us-east-1b', 'us-east-1c', 'us-east-1d'), { minLength: 1 }),
  });
  const clusterOf = ({ pools, zones }: { readonly pools: readonly (readonly [{ readonly name: string; readonly types: string[] }, number])[]; readonly zones: readonly string[] }) => {
    const manifest = aSlurmManifest({ nodePools: pools.map(([pool, count]) => ({ name: pool.name, count, instanceType: pool.types })) });
    return { manifest, nodes: nodesOf(manifest, zones) };
  };

  it('have each worker once in slurm.conf, in topology.conf, among the workers and in the partition of all', () => {
    fc.assert(
      fc.property(aCluster, (shape) => {
        const { manifest, nodes } = clusterOf(shape);
        const files = filesOf(manifest, nodes);
        const workers = workersIn(files);
        const sorted = workers.toSorted();
        expect(new Set(workers).size).toBe(workers.length);
        expect(read(files['slurm.conf'], 'NodeName').flatMap((line) => namesIn(line['NodeName'])).toSorted()).toEqual(sorted);
        expect(read(files['topology.conf'], 'SwitchName').flatMap((line) => namesIn(line['Nodes'])).toSorted()).toEqual(sorted);
        expect(namesIn(read(files['slurm.conf'], 'PartitionName').at(-1)?.['Nodes'])).toEqual(workers);
      }),
      { numRuns: 60 },
    );
  });

  it('are the same in whatever order the nodes come', () => {
    fc.assert(
      fc.property(aCluster, fc.infiniteStream(fc.nat()), (shape, keys) => {
        const { manifest, nodes } = clusterOf(shape);
        const keyed = nodes.map((node) => ({ node, key: keys.next().value ?? 0 }));
        const shuffled = keyed.toSorted((a, b) => a.key - b.key).map(({ node }) => node);
        expect(filesOf(manifest, shuffled)).toEqual(filesOf(manifest, nodes));
      }),
      { numRuns: 40 },
    );
  });

  it('stay small for ten thousand nodes', () => {
    const pools = Array.from({ length: 10 }, (_, index) => ({ name: `pool-${index}`, count: 1000, instanceType: 'c6i.4xlarge' }));
    const manifest = aSlurmManifest({ nodePools: [{ name: 'head', count: 1, instanceType: 'm6i.xlarge' }, ...pools] });
    const files = filesOf(manifest);
    expect(workersIn(files)).toHaveLength(10_000);
    expect((files['slurm.conf'] ?? '').length).toBeLessThan(80_000);
  });
});
