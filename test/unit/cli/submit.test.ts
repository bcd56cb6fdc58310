import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { silenceLogs } from '../../builders/logs.ts';
import { aManifestText } from '../../builders/manifest.ts';
import { openOrch } from './orch.ts';

let cli: Awaited<ReturnType<typeof openOrch>>;

beforeAll(silenceLogs);
beforeEach(async () => { cli = await openOrch(); });
afterEach(async () => cli.close());

const bodyOf = (index: number): Record<string, unknown> => JSON.parse(cli.served.arrived.at(index)?.body ?? '') as Record<string, unknown>;

describe('orch submit', () => {
  it('prints what the other commands take, and the rest beside it', async () => {
    const { exitCode, out, err } = await cli.orch(['submit', await cli.file('cluster.yaml', aManifestText())]);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^research\/[0-9a-z]{26}\n$/);
    expect(err).toBe('submitted cluster v1: 5 nodes, at most 0.48 USD/h\n');
    expect((await cli.orch(['get', out.trim()])).exitCode).toBe(0);
  });

  it('sends manifest, script and priority', async () => {
    const script = await cli.file('train.sh', '#!/bin/sh\necho hi\n');
    const { exitCode } = await cli.orch(['submit', '-', '--script', script, '--priority', 'high'], { input: aManifestText() });
    expect(exitCode).toBe(0);
    expect(bodyOf(0)).toEqual({ manifest: aManifestText(), script: '#!/bin/sh\necho hi\n', priority: 'high' });
  });

  it('submits a stored manifest', async () => {
    await cli.orch(['manifests', 'put', 'cluster', '-'], { input: aManifestText() });
    const { exitCode, err } = await cli.orch(['submit', '-n', 'research', '--manifest', 'cluster@1', '--priority', '900']);
    expect([exitCode, err]).toEqual([0, 'submitted cluster v1: 5 nodes, at most 0.48 USD/h\n']);
    expect(bodyOf(-1)).toEqual({ manifestRef: { name: 'cluster', version: 1 }, priority: 900 });
  });

  it('makes one job for one idempotency key', async () => {
    const submit = async () => (await cli.orch(['submit', '-', '--idempotency-key', 'nightly-7'], { input: aManifestText() })).out;
    expect(await submit()).toBe(await submit());
    const other = await cli.orch(['submit', '-', '--idempotency-key', 'nightly-7'], { input: aManifestText({ name: 'other' }) });
    expect([other.exitCode, other.out]).toEqual([2, '']);
    expect(other.err).toContain('The Idempotency-Key was used within the last 24 hours with another request.');
  });

  it('shows plan and cost of a dry run, and stores nothing', async () => {
    const { exitCode, out } = await cli.orch(['submit', '-', '--dry-run'], { input: aManifestText() });
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^manifest {2}research\/cluster, sha256:[0-9a-f]{12}\ndemand {4}5 nodes, 10 vCPU, 0 GPUs\ncost {6}at most 0\.48 USD\/h, 0\.60 USD until its nodes are gone\n/);
    expect(out).toContain([
      'POOL     NODES  MARKET     TYPES                ZONES, FIRST TO LAST                USD/H  WHY',
      'head         1  on-demand  m6i.large            us-east-1a, us-east-1b, us-east-1c  0.10   scarcest pool first; all on demand in one zone; us-east-1a before us-east-1b: equal but for the name',
      'workers      4  spot       c6i.large m6i.large  us-east-1a, us-east-1b, us-east-1c  0.13   all on Spot in one zone; us-east-1a before us-east-1b: 1 of the job’s machines stand there',
      '',
    ].join('\n'));
    expect((await cli.orch(['list', '-n', 'research'])).err).toBe('no such jobs in research\n');
  });

  it('shows what all attempts of a job cost that may run again', async () => {
    const { out } = await cli.orch(['submit', '-', '--dry-run'], { input: aManifestText({ spec: '  retry:\n    maxAttempts: 3\n' }) });
    expect(out).toContain('at most 0.48 USD/h, 0.60 USD an attempt, 1.80 USD for all 3\n');
  });

  it('hands a program the job or the plan', async () => {
    const submitted = await cli.orch(['submit', '-', '--json'], { input: aManifestText() });
    expect(JSON.parse(submitted.out)).toMatchObject({ namespace: 'research', state: 'PENDING', warnings: [] });
    expect(submitted.err).toBe('');
    const planned = await cli.orch(['submit', '-', '--json', '--dry-run'], { input: aManifestText() });
    expect(JSON.parse(planned.out)).toMatchObject({ dryRun: true, demand: { nodes: 5 } });
  });

  it('goes where -n says, else where the manifest says, else where the environment says', async () => {
    const environment = { ORCH_NAMESPACE: 'vision' };
    const namespaces = async (words: readonly string[], input: string) => {
      const before = cli.served.arrived.length;
      const { err } = await cli.orch(['submit', '-', ...words], { input, environment });
      return [cli.served.arrived[before]?.path, err.split('\n')[0]];
    };
    expect(await namespaces([], aManifestText())).toEqual(['/prod/v1/namespaces/research/jobs', 'submitted cluster v1: 5 nodes, at most 0.48 USD/h']);
    expect(await namespaces(['-n', 'vision'], aManifestText())).toEqual([
      '/prod/v1/namespaces/vision/jobs', '<stdin>:5:14: metadata.namespace: is research, but the request is for vision (did you mean "vision"?)']);
    const [path, err] = await namespaces([], aManifestText().replace('  namespace: research\n', ''));
    expect(path).toBe('/prod/v1/namespaces/vision/jobs');
    expect(err).toContain('metadata.namespace: is required');
  });

  it.each([['a mistake', 'metadata: [', /^<stdin>:1:12: /], ['an anchor that is missing', 'metadata: *x', /^<stdin>:1:11: /], ['a namespace that is none', aManifestText({ namespace: '[]' }), /^<stdin>:5:\d+: metadata\.namespace: /]])(
    'says what is wrong with a manifest whose namespace cannot be read: %s',
    async (_what, input, message) => {
      const { exitCode, err } = await cli.orch(['submit', '-'], { input });
      expect(exitCode).toBe(2);
      expect(err).toMatch(message);
    },
  );

  it.each([
    [['submit'], 'name either a file or a stored manifest (--manifest)'],
    [['submit', 'a.yaml', '--manifest', 'b'], 'name either a file or a stored manifest (--manifest)'],
    [['submit', '-', '--script', '-'], 'standard input can be the manifest or the script, not both'],
    [['submit', '-', '--priority', '1001'], 'It must be 0 to 1000, or one of low, normal, high, urgent.'],
    [['submit', '--manifest', 'a@0'], 'It must be NAME or NAME@VERSION.'],
    [['submit', '--manifest', 'a'], 'no namespace is named: add -n NAMESPACE, or set ORCH_NAMESPACE'],
  ])('refuses %j', async (words, message) => {
    const { exitCode, out, err } = await cli.orch(words);
    expect([exitCode, out]).toEqual([2, '']);
    expect(err).toContain(message);
    expect(cli.served.arrived).toEqual([]);
  });
});
