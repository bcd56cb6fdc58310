import { describe, expect, it } from '@jest/globals';
import { checkAgainstDeployment } from '../../../../core/manifest/admit.ts';
import type { DeploymentFacts, InstanceTypeFacts } from '../../../../core/manifest/admit.ts';
import { withPositions } from '../../../../core/manifest/position.ts';
import { parseManifest } from '../../../../core/manifest/parse.ts';
import type { ClusterDefinition } from '../../../../core/manifest/schema.ts';
import { manifest } from './definitions.ts';

const x86: InstanceTypeFacts = { vcpus: 2, memoryMiB: 8192, gpus: 0, architectures: ['x86_64'] };
const facts: DeploymentFacts = {
  regions: ['us-east-1', 'eu-west-1'],
  zones: { 'us-east-1': ['us-east-1a', 'us-east-1b', 'us-east-1d'], 'eu-west-1': ['eu-west-1a'] },
  instanceTypes: new Map([
    ['m6i.large', x86],
    ['m6i.xlarge', x86],
    ['p4d.24xlarge', { ...x86, zones: ['us-east-1b'], efa: true }],
    ['c7g.large', { ...x86, architectures: ['arm64'] }],
  ]),
  maxNodesPerJob: 100,
  runtimes: ['None', 'Slurm'],
  amiAliases: ['ubuntu', 'gpu'],
};

const pool = { name: 'head', count: 1, instanceType: 'm6i.large' };
const placement = { region: 'us-east-1' };

type Case = readonly [what: string, spec: Partial<ClusterDefinition['spec']>, code: string, path: string, suggestion: string | undefined];

describe('checkAgainstDeployment', () => {
  it('accepts what is served', () => {
    const served = manifest({
      nodePools: [
        { ...pool, image: 'ubuntu' },
        { name: 'gpus', count: 99, instanceType: ['p4d.24xlarge', 'm6i.large'], image: 'ami-0123456789abcdef0' },
      ],
      placement: { region: 'us-east-1', availabilityZones: ['us-east-1a', 'us-east-1b'] },
      runtime: { type: 'Slurm' },
    });
    expect(checkAgainstDeployment(served, facts)).toEqual([]);
  });

  it.each<Case>([
    ['a region', { placement: { region: 'us-east-2' } }, 'not-offered', 'spec.placement.region', 'us-east-1'],
    ['a provider', { placement: { ...placement, provider: 'gcp' } }, 'not-offered', 'spec.placement.provider', undefined],
    ['a zone', { placement: { ...placement, availabilityZones: ['us-east-1a', 'us-east-1c'] } }, 'not-offered', 'spec.placement.availabilityZones[1]', 'us-east-1a'],
    ['an instance type', { nodePools: [{ ...pool, instanceType: 'm6i.lrage' }] }, 'not-offered', 'spec.nodePools[0].instanceType', 'm6i.large'],
    ['one of several types', { nodePools: [{ ...pool, instanceType: ['m6i.large', 'nonsense'] }] }, 'not-offered', 'spec.nodePools[0].instanceType[1]', undefined],
    ['a type outside of the zones', { nodePools: [{ ...pool, instanceType: 'p4d.24xlarge' }], placement: { ...placement, availabilityZones: ['us-east-1a'] } }, 'not-offered', 'spec.nodePools[0].instanceType', undefined],
    ['mixed architectures', { nodePools: [{ ...pool, instanceType: ['m6i.large', 'c7g.large'] }] }, 'conflict', 'spec.nodePools[0].instanceType', 'm6i.large'],
    ['a machine image', { nodePools: [{ ...pool, image: 'ubunut' }] }, 'not-offered', 'spec.nodePools[0].image', 'ubuntu'],
    ['too many nodes', { nodePools: [pool, { ...pool, name: 'b', count: 100 }] }, 'limit-exceeded', 'spec.nodePools', undefined],
    ['EFA that a type lacks', { nodePools: [{ ...pool, efa: true }] }, 'not-offered', 'spec.nodePools[0].efa', undefined],
    ['a file system', { storage: { type: 'EFS', fileSystemId: 'fs-01234567' } }, 'not-offered', 'spec.storage.type', undefined],
  ])('refuses %s', (_, spec, code, path, suggestion) => {
    const problems = checkAgainstDeployment(manifest(spec), facts);
    expect(problems).toEqual([expect.objectContaining({ code, path, ...(suggestion === undefined ? {} : { suggestion }) })]);
  });

  const messageOf = (spec: Partial<ClusterDefinition['spec']>, more: Partial<DeploymentFacts> = {}): string | undefined =>
    checkAgainstDeployment(manifest(spec), { ...facts, ...more })[0]?.message;

  it('says what to leave out of a pool of two architectures', () => {
    expect(messageOf({ nodePools: [{ ...pool, instanceType: ['c7g.large', 'm6i.large', 'm6i.xlarge'] }] })).toBe(
      'mixes processor architectures (arm64 and x86_64); a pool has one: leave out c7g.large');
  });

  it('says where a type is to be had instead', () => {
    const gpu = { nodePools: [{ ...pool, instanceType: 'p4d.24xlarge' }] };
    expect(messageOf({ ...gpu, placement: { ...placement, availabilityZones: ['us-east-1a'] } })).toBe(
      'p4d.24xlarge is in none of the zones asked for (us-east-1a); this deployment has it in us-east-1b');
    expect(messageOf(gpu, { zones: { 'us-east-1': ['us-east-1a', 'us-east-1d'] } })).toBe(
      'p4d.24xlarge is in none of the zones asked for (us-east-1a, us-east-1d); of the zones that have it (us-east-1b) this deployment serves none');
  });

  it('names the zones that have a subnet', () => {
    expect(messageOf({ placement: { ...placement, availabilityZones: ['us-east-1c'] } })).toBe(
      'this deployment does not serve the zone us-east-1c; it serves: us-east-1a, us-east-1b, us-east-1d');
  });

  it('refuses to keep a job in one zone where none has types of every pool', () => {
    const instanceTypes = new Map([...facts.instanceTypes, ['g5.xlarge', { ...x86, zones: ['us-east-1a', 'us-east-1d'] }]]);
    const apart = { nodePools: [{ ...pool, instanceType: 'p4d.24xlarge' }, { ...pool, name: 'gpus', instanceType: 'g5.xlarge' }] };
    const one = { ...placement, spread: 'Single' } as const;
    expect(checkAgainstDeployment(manifest({ ...apart, placement: one }), { ...facts, instanceTypes })).toMatchObject([
      { code: 'not-offered', path: 'spec.placement', message: 'keeps the job in one zone, and none has instance types of every pool: head in us-east-1b; gpus in us-east-1a, us-east-1d' }]);
    expect(messageOf({ ...apart, placement }, { instanceTypes })).toBeUndefined();
    expect(messageOf({ nodePools: [{ ...pool, instanceType: ['p4d.24xlarge', 'm6i.large'] }, { ...pool, name: 'gpus', instanceType: 'g5.xlarge' }], placement: one }, { instanceTypes })).toBeUndefined();
  });

  it('names the types of a pool that no cluster placement group takes', () => {
    const instanceTypes = new Map([...facts.instanceTypes, ['t3.medium', { ...x86, clusterGroups: false }]]);
    const close = { placement: { ...placement, placementGroup: true }, nodePools: [{ ...pool, instanceType: ['m6i.large', 't3.medium'] }] };
    expect(checkAgainstDeployment(manifest(close), { ...facts, instanceTypes })).toEqual([expect.objectContaining({
      code: 'not-offered', path: 'spec.nodePools[0].instanceType[1]',
      message: 'cluster placement groups do not take t3.medium: name another type or leave out placementGroup',
    })]);
    expect(checkAgainstDeployment(manifest({ ...close, placement }), { ...facts, instanceTypes })).toEqual([]);
  });

  it('refuses a runtime that the deployment leaves out', () => {
    expect(checkAgainstDeployment(manifest({ runtime: { type: 'Slurm' } }), { ...facts, runtimes: ['None'] })).toMatchObject([{ path: 'spec.runtime.type' }]);
  });

  it('names the region refused', () => {
    expect(checkAgainstDeployment(manifest({ placement: { region: 'mars-north-1' } }), facts)[0]?.message).toContain('mars-north-1');
  });

  it('gets its positions from the text', () => {
    const text = `apiVersion: orchestrator.our-company.com/v1alpha1
kind: ClusterDefinition
metadata: { name: a, namespace: b }
spec:
  ttlSeconds: 60
  nodePools:
    - name: head
      count: 1
      instanceType: [m6i.large, m6i.xxlarge]
  placement:
    region: us-west-2
`;
    const parsed = parseManifest(text);
    if (!parsed.ok) throw new Error('invalid');
    expect(withPositions(text, checkAgainstDeployment(parsed.manifest, facts))).toMatchObject([
      { path: 'spec.placement.region', line: 11, column: 13 },
      { path: 'spec.nodePools[0].instanceType[1]', line: 9, column: 33 },
    ]);
  });
});
