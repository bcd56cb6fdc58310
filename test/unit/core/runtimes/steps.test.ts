import { describe, expect, it } from '@jest/globals';
import { jobId } from '../../../../core/job/ids.ts';
import { parseManifest } from '../../../../core/manifest/parse.ts';
import type { Manifest } from '../../../../core/manifest/schema.ts';
import { noneRuntime } from '../../../../core/runtimes/none-runtime.ts';
import { stepsOf } from '../../../../core/runtimes/steps.ts';
import { aManifestText } from '../../../builders/manifest.ts';

const hooks = `  hooks:
    onConfigure:
      - { name: Install, script: "true" }
      - { name: Pull, image: "aws-cli:latest", command: [aws, s3, ls], timeoutSeconds: 60, env: { A: b } }
    onRun:
      - { name: Train, script: ./train }
    onPostRun:
      - { name: Upload, image: "aws-cli:latest" }
`;

function manifestOf(text: string): Manifest {
  const result = parseManifest(text);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.manifest;
}

const source = (spec = hooks) => ({ manifest: manifestOf(aManifestText({ spec })), runtime: noneRuntime, imageAliases: { 'aws-cli:latest': 'example.com/aws-cli:2' } });
const names = (steps: readonly { name: string; ranks: string; index: number }[]) => steps.map(({ name, ranks, index }) => `${index} ${name} on ${ranks}`);

describe('the steps of a job', () => {
  it('are the shared folder, then the hooks, on all nodes while it is configured', () => {
    expect(names(stepsOf('configure', source()))).toEqual(['0 Share /data on all', '1 Install on all', '2 Pull on all']);
  });

  it('tell the steps of the orchestrator from those of the user', () => {
    expect(stepsOf('configure', source()).map(({ system }) => system)).toEqual([true, false, false]);
  });

  it('are the job on the head node while it runs, the submitted script last', () => {
    expect(names(stepsOf('run', { ...source(), script: 'echo hi' }))).toEqual(['0 Train on head', '1 script on head']);
  });

  it('are none for an interactive cluster', () => {
    expect(stepsOf('run', source(''))).toEqual([]);
  });

  it('run on the head node after the job', () => {
    expect(names(stepsOf('postRun', source()))).toEqual(['0 Upload on head']);
  });

  it('have images by the aliases of the deployment, with command, environment and limit', () => {
    expect(stepsOf('configure', source())[2]).toMatchObject({
      action: { kind: 'image', image: 'example.com/aws-cli:2', command: ['aws', 's3', 'ls'] },
      env: { A: 'b' },
      timeoutSeconds: 60,
    });
  });

  it('have images as they stand where there is no alias', () => {
    expect(stepsOf('postRun', { ...source(), imageAliases: {} })[0]?.action).toEqual({ kind: 'image', image: 'aws-cli:latest' });
  });

  it('are limited to an hour in set-up and post-run, and by the TTL alone while the job runs', () => {
    expect(stepsOf('configure', source())[1]?.timeoutSeconds).toBe(3600);
    expect(stepsOf('postRun', source())[0]?.timeoutSeconds).toBe(3600);
    expect(stepsOf('run', source())[0]).not.toHaveProperty('timeoutSeconds');
  });

  it('are the same whenever they are asked for', () => {
    expect(stepsOf('configure', source())).toEqual(stepsOf('configure', source()));
  });

  it('share no folder on a single node, unless a file system is named', () => {
    const single = { ...source().manifest.spec, nodePools: source().manifest.spec.nodePools.slice(0, 1) };
    const manifest = { ...source().manifest, spec: single };
    expect(names(stepsOf('configure', { ...source(), manifest }))).toEqual(['0 Install on all', '1 Pull on all']);
    const withEfs = { ...manifest, spec: { ...single, storage: { type: 'EFS' as const, fileSystemId: 'fs-0123456789abcdef0' } } };
    expect(stepsOf('configure', { ...source(), manifest: withEfs })[0]).toMatchObject({
      name: 'Share /data',
      env: { FILE_SYSTEM: 'fs-0123456789abcdef0.efs.us-east-1.amazonaws.com' },
    });
  });

  it('name the units that must have ended before post-run', () => {
    const { manifest } = source();
    expect(noneRuntime.stopUnits({ manifest, jobId: jobId('01h'), attempt: 2 })).toEqual(['orch-01h-2-run-0']);
  });
});
