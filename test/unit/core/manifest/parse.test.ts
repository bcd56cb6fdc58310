import { describe, expect, it } from '@jest/globals';
import { parseManifest, parseManifestValue } from '../../../../core/manifest/parse.ts';
import { definition, manifest, problemsOf } from './definitions.ts';

const yaml = (specLines: string): string => `apiVersion: orchestrator.our-company.com/v1alpha1
kind: ClusterDefinition
metadata:
  name: fold
  namespace: biology
spec:
  ttlSeconds: 600
${specLines.replace(/^\n/, '')}`;

const POOLS = `
  nodePools:
    - name: head
      count: 1
      instanceType: m6i.large
  placement:
    region: us-east-1
`;

describe('a valid manifest', () => {
  it('has all defaults applied', () => {
    expect(manifest()).toEqual({
      apiVersion: 'orchestrator.our-company.com/v1alpha1',
      kind: 'ClusterDefinition',
      metadata: { name: 'fold', namespace: 'biology', labels: {} },
      spec: {
        nodePools: [{ name: 'head', count: 1, instanceTypes: ['m6i.large'], mix: 'Any', purchaseOption: 'OnDemand', efa: false }],
        placement: { provider: 'aws', region: 'us-east-1', availabilityZones: 'any', spread: 'Prefer', placementGroup: false },
        hooks: { onConfigure: [], onRun: [], onPostRun: [] },
        runtime: { type: 'None' },
        storage: { type: 'HeadNode' },
        priority: 500,
        retry: { maxAttempts: 1, on: ['INTERRUPTED', 'FAILED', 'TIMED_OUT', 'NO_CAPACITY'] },
        onNodeLoss: 'Fail',
        capacity: { timeoutSeconds: 86_400 },
        ttlSeconds: 600,
      },
    });
  });

  it.each([['low', 250], ['normal', 500], ['high', 750], ['urgent', 900], [0, 0], [1000, 1000]] as const)('has priority %p as %d', (priority, number) => {
    expect(manifest({ priority }).spec.priority).toBe(number);
  });

  it('tells scripts and images apart', () => {
    const { hooks } = manifest({
      hooks: {
        onConfigure: [{ name: 'Install', script: 'true' }],
        onPostRun: [{ name: 'Upload', image: 'aws-cli:latest', command: ['aws', 's3', 'ls'], env: { A: 'b' }, timeoutSeconds: 5 }],
      },
    }).spec;
    expect(hooks.onConfigure).toEqual([{ kind: 'script', name: 'Install', script: 'true', timeoutSeconds: 3600, env: {} }]);
    expect(hooks.onPostRun).toEqual([
      { kind: 'image', name: 'Upload', image: 'aws-cli:latest', command: ['aws', 's3', 'ls'], timeoutSeconds: 5, env: { A: 'b' } },
    ]);
  });

  it('stands in one zone with EFA or a placement group', () => {
    const pool = { name: 'head', count: 1, instanceType: 'hpc6a.48xlarge' };
    expect(manifest({ nodePools: [{ ...pool, efa: true }] }).spec.placement.spread).toBe('Single');
    expect(manifest({ placement: { region: 'us-east-1', placementGroup: true } }).spec.placement.spread).toBe('Single');
  });

  it('keeps a file system with its id', () => {
    const storage = { type: 'EFS', fileSystemId: 'fs-0123456789abcdef0' } as const;
    expect(manifest({ storage }).spec.storage).toEqual(storage);
  });

  it('may use anchors and aliases', () => {
    const parsed = parseManifest(yaml(`
  nodePools:
    - &pool { name: head, count: 1, instanceType: &types [m6i.large, c6i.large] }
    - { name: workers, count: 2, instanceType: *types }
  placement:
    region: us-east-1
`));
    expect(parsed).toMatchObject({ ok: true, manifest: { spec: { nodePools: [{}, { instanceTypes: ['m6i.large', 'c6i.large'] }] } } });
  });

  it('is warned about when nothing ends it', () => {
    const { ttlSeconds: _, ...endless } = definition().spec;
    expect(parseManifestValue({ ...definition(), spec: endless })).toMatchObject({ ok: true, warnings: [{ code: 'no-time-limit', path: 'spec.ttlSeconds' }] });
    expect(parseManifestValue(definition())).toMatchObject({ ok: true, warnings: [] });
  });

  it('is warned about Windows line ends in scripts', () => {
    const parsed = parseManifestValue(definition({ hooks: { onRun: [{ name: 'a', script: 'a\r\nb' }] } }));
    expect(parsed).toMatchObject({ ok: true, warnings: [{ code: 'windows-line-ends', path: 'spec.hooks.onRun[0].script' }] });
  });
});

describe('problems', () => {
  it('come all at once, in the order of the text', () => {
    const text = yaml(`
  nodePool: []
  placement:
    region: 7
  hooks:
    onRun:
      - name: both
        script: "true"
        image: busybox
        color: red
  runtime: { type: slurm }
`);
    expect(problemsOf(parseManifest(text))).toEqual([
      { code: 'unknown-key', path: 'spec.nodePool', line: 8, column: 3, message: 'is not a key of spec', value: 'a list of 0', suggestion: 'nodePools' },
      { code: 'wrong-type', path: 'spec.placement.region', line: 10, column: 13, message: 'must be text: put it in quotes', value: 7, suggestion: '"7"' },
      { code: 'conflict', path: 'spec.hooks.onRun[0].image', line: 15, column: 16, message: 'a step has either a script or an image, not both', value: 'busybox' },
      { code: 'unknown-key', path: 'spec.hooks.onRun[0].color', line: 16, column: 9, message: 'is not a key of spec.hooks.onRun[0]', value: 'red' },
      { code: 'invalid-value', path: 'spec.runtime.type', line: 17, column: 20, message: 'must be one of None, Slurm', value: 'slurm', suggestion: 'Slurm' },
    ]);
  });

  it('quote a number as it was written', () => {
    const text = yaml(`${POOLS}  runtime: { type: Slurm, version: 23.10 }\n`);
    expect(problemsOf(parseManifest(text))).toMatchObject([{ path: 'spec.runtime.version', suggestion: '"23.10"' }]);
  });

  it('say where a key belongs that stands in the wrong place', () => {
    expect(problemsOf(parseManifest(yaml(`${POOLS}  onRun: []\n`)))).toMatchObject([
      { code: 'unknown-key', path: 'spec.onRun', message: 'is not a key of spec; it belongs to spec.hooks' },
    ]);
  });

  it('stand at the key above when something is missing', () => {
    expect(problemsOf(parseManifest(yaml(POOLS.replace('region: us-east-1', 'spread: Any'))))).toMatchObject([
      { code: 'missing', path: 'spec.placement.region', line: 12, column: 3 },
    ]);
  });

  it('tell of repeated keys beside the rest', () => {
    expect(problemsOf(parseManifest(yaml(`${POOLS}  priority: 1\n  priority: 2000\n`)))).toMatchObject([
      { code: 'duplicate-key', path: 'spec.priority', line: 15, column: 3 },
      { code: 'out-of-range', path: 'spec.priority', line: 14, column: 13 },
    ].toReversed());
  });

  it('are counted when there are very many', () => {
    const text = Array.from({ length: 5000 }, (_, index) => `key${index}: 1`).join('\n');
    const problems = problemsOf(parseManifest(text));
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)).toMatchObject({ code: 'more-problems' });
  });

  it('have lines and columns in JSON text too', () => {
    const text = JSON.stringify({ ...definition(), kind: 'Cluster' }, null, '\t');
    expect(problemsOf(parseManifest(text, { format: 'json' }))).toMatchObject([
      { code: 'invalid-value', path: 'kind', line: 3, column: 10, value: 'Cluster', suggestion: 'ClusterDefinition' },
    ]);
  });
});
