import { beforeAll, describe, expect, it } from '@jest/globals';
import { OrchestratorClient } from '@advanced-orchestrator/sdk';
import { anApi } from '../../builders/api.ts';
import { silenceLogs } from '../../builders/logs.ts';
import { aManifestText } from '../../builders/manifest.ts';
import { credentials, serveApi } from '../../builders/served-api.ts';

beforeAll(silenceLogs);

/** A manifest of one head and four workers under Slurm; `runtime` is more of the runtime. */
const slurm = (runtime = ''): string => aManifestText({ spec: `  runtime: { type: Slurm${runtime} }\n` });
const bash = (...lines: readonly string[]): string => ['#!/bin/bash', ...lines, 'srun hostname', ''].join('\n');
const asked = (manifest: string, script?: string) => ({ body: JSON.stringify({ manifest, ...(script === undefined ? {} : { script }) }) });

describe('a job with Slurm', () => {
  it('gets the newest release that there is, and its images', async () => {
    const api = anApi();
    const { status, body } = await api.call('submitJob', asked(slurm(), bash()));
    expect([status, body.runtimeVersion, body.warnings]).toEqual([201, '24.11.5', []]);
    expect(await api.get(body.jobId)).toMatchObject({ runtime: 'Slurm', runtimeVersion: '24.11.5', hasScript: true });
  });

  it('is told what stands in for the release that it asks for', async () => {
    const { body } = await anApi().call('submitJob', asked(slurm(', version: "23.02"'), bash()));
    expect(body).toMatchObject({
      runtimeVersion: '22.05.8',
      warnings: [{ path: 'spec.runtime.version', line: 20, message: 'Slurm 22.05.8 stands in for 23.02: this deployment says so.' }],
    });
  });

  it('shows its release before it is submitted', async () => {
    const api = anApi();
    expect((await api.call('validateManifest', { body: slurm(', version: "23.02"') })).body).toMatchObject({ runtimeVersion: '22.05.8', warnings: [{ path: 'spec.runtime.version' }] });
    const { body } = await api.call('submitJob', { ...asked(slurm()), queryStringParameters: { dryRun: 'true' } });
    expect(body).toMatchObject({ dryRun: true, runtimeVersion: '24.11.5', plan: { notes: expect.arrayContaining(['the nodes run Slurm 24.11.5']) } });
  });

  it('is told what is allowed and probably not meant', async () => {
    const { status, body } = await anApi().call('submitJob', asked(slurm(), bash('#SBATCH --time=3-0')));
    expect(status).toBe(201);
    expect(body.warnings).toEqual([expect.objectContaining({ path: 'script', message: expect.stringContaining('line 2') })]);
  });

  it('needs none where every pool has an image of its own', async () => {
    const api = anApi();
    api.runtimes.releases = [];
    const own = slurm().replaceAll('count:', 'image: ami-0123456789abcdef0\n      count:');
    const { status, body } = await api.call('submitJob', asked(own, bash()));
    expect(status).toBe(201);
    expect(body).not.toHaveProperty('runtimeVersion');
  });

  it('of a stored manifest gets what there is when it is submitted', async () => {
    const api = anApi();
    await api.call('putManifest', { params: { name: 'cluster' }, body: slurm() });
    api.runtimes.releases = [{ version: '25.05.1', architectures: ['x86_64'] }];
    const { body } = await api.call('submitJob', { body: JSON.stringify({ manifestRef: { name: 'cluster' }, script: bash() }) });
    expect(body.runtimeVersion).toBe('25.05.1');
  });
});

describe('what cannot run under Slurm is refused', () => {
  const cases: readonly (readonly [what: string, manifest: string, script: string, problem: object])[] = [
    ['a pool with the name of a partition', slurm().replace('name: workers', 'name: default'), bash(), { code: 'conflict', path: 'spec.nodePools[1].name', line: 13 }],
    ['a head pool of three', slurm().replace('count: 1', 'count: 3'), bash(), { code: 'conflict', path: 'spec.nodePools[0].count', line: 11, suggestion: '1' }],
    ['more nodes than the cluster has', slurm(', nodes: 5'), bash(), { code: 'limit-exceeded', path: 'spec.runtime.nodes', line: 20 }],
    ['more nodes in the script', slurm(), bash('#SBATCH --nodes=5'), { code: 'limit-exceeded', path: 'script', message: expect.stringContaining('line 2') }],
    ['GPUs on types without', slurm(), bash('#SBATCH --gpus-per-node=1'), { code: 'limit-exceeded', path: 'script', message: expect.stringContaining('GPUs') }],
    ['a script without shebang', slurm(), 'srun hostname\n', { path: 'script', suggestion: '#!/bin/bash' }],
    ['a line that contradicts the manifest', slurm(', nodes: 4'), bash('#SBATCH -N 2'), { code: 'conflict', path: 'script' }],
    ['a release without an image', slurm(', version: "20.11"'), bash(), { code: 'not-offered', path: 'spec.runtime.version', line: 20, suggestion: '22.05.8', message: expect.stringContaining('it has: 22.05.8, 24.11.5') }],
    ['a release without an image for the processors', slurm(', version: "22.05"').replace('[c6i.large, m6i.large]', 'm7g.large'), bash(), { code: 'not-offered', path: 'spec.runtime.version', message: expect.stringContaining('workers (arm64)') }],
  ];

  it.each(cases)('%s', async (_, manifest, script, problem) => {
    const api = anApi();
    const { status, body } = await api.call('submitJob', asked(manifest, script));
    expect(status).toBe(422);
    expect(body.errors).toEqual(expect.arrayContaining([expect.objectContaining(problem)]));
    expect(api.table.jobs.size).toBe(0);
  });

  it('with all that is wrong at once, the script last and without a line of the manifest', async () => {
    const { body } = await anApi().call('submitJob', asked(slurm(', nodes: 5, version: "20.11"').replace('count: 1', 'count: 3'), 'srun hostname\n'));
    const [last, ...others] = (body.errors ?? []).toReversed();
    expect(last).toMatchObject({ path: 'script' });
    expect(last).not.toHaveProperty('line');
    expect(others.map(({ path }) => path).toSorted()).toEqual(['spec.nodePools[0].count', 'spec.runtime.version']);
  });

  it('as long as there are no images at all, with who makes them', async () => {
    const api = anApi();
    api.runtimes.releases = [];
    const { status, body } = await api.call('putManifest', { params: { name: 'cluster' }, body: slurm() });
    expect(status).toBe(422);
    expect(body.errors).toEqual([expect.objectContaining({ path: 'spec.runtime', message: expect.stringContaining('no image with Slurm') })]);
  });
});

describe('through the served API', () => {
  it('a client sees the problems of its script, and then the release of its job', async () => {
    const served = await serveApi(anApi());
    const client = new OrchestratorClient({ endpoint: served.url, region: 'us-east-1', credentials, environment: {}, wait: async () => {} });
    const refused = client.submitJob('research', { manifest: slurm(), script: 'srun hostname\n' });
    await expect(refused).rejects.toMatchObject({ status: 422, problem: { errors: [{ path: 'script', suggestion: '#!/bin/bash' }] } });
    expect(await client.submitJob('research', { manifest: slurm(), script: bash() })).toMatchObject({ runtime: 'Slurm', runtimeVersion: '24.11.5' });
    await served.close();
  });
});
