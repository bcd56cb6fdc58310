import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { headPool } from '../../../../core/manifest/head.ts';
import { parseManifest } from '../../../../core/manifest/parse.ts';
import type { Manifest } from '../../../../core/manifest/schema.ts';

const root = path.resolve(import.meta.dirname, '../../../..');
const SAMPLE = path.resolve(root, '../shared/manifests/protein-folding-gpu-cluster.yaml');

function parsed(file: string): Manifest {
  const result = parseManifest(readFileSync(file, 'utf8'));
  expect(result).toMatchObject({ ok: true, warnings: [] });
  if (!result.ok) throw new Error(`${file} is invalid`);
  return result.manifest;
}

describe('the users’ own sample', () => {
  const present = existsSync(SAMPLE);
  if (!present) console.warn(`NOT TESTED: the users' sample is missing: ${SAMPLE}`);
  const test = present || process.env['CI'] ? it : it.skip;

  test('is accepted byte for byte', () => {
    const manifest = parsed(SAMPLE);
    expect(headPool(manifest).name).toBe('head-node');
    expect(manifest.spec.nodePools.map(({ count }) => count)).toEqual([1, 64]);
    expect(manifest.spec.runtime).toEqual({ type: 'Slurm', version: '23.02' });
  });
});

describe('examples', () => {
  const folder = path.join(root, 'examples');
  it.each(readdirSync(folder).filter((name) => name.endsWith('.yaml') && name !== 'shares.yaml'))('%s is valid', (name) => {
    parsed(path.join(folder, name));
  });

  it('a gang of three runs the steps of gang-64', () => {
    const { hooks } = parsed(path.join(folder, 'gang-64.yaml')).spec;
    const data = mkdtempSync(path.join(tmpdir(), 'gang-'));
    const nodes = path.join(data, 'nodes');
    writeFileSync(nodes, 'n0 10.0.0.1 us-east-1a head\nn1 10.0.0.2 us-east-1a workers\nn2 10.0.0.3 us-east-1b workers\n');
    const run = (step: Manifest['spec']['hooks']['onRun'][number] | undefined, rank: number): string => {
      if (step?.kind !== 'script') throw new Error('not a script');
      const env = { ...process.env, ...step.env, ORCH_RANK: String(rank), ORCH_POOL: 'any', ORCH_NODE_LIST: nodes, ORCH_RESULTS_DIR: path.join(data, 'results') };
      return execFileSync('/bin/bash', ['-c', step.script], { env, encoding: 'utf8' });
    };
    for (const rank of [0, 1, 2]) run(hooks.onConfigure[0], rank);
    // n(n + 1)(2n + 1) / 6 for n = 65,000
    expect(run(hooks.onRun[0], 0)).toContain('sum of the squares up to 65000: 91543779177500');
    expect(run(hooks.onPostRun[0], 0)).toBe('us-east-1a 2\nus-east-1b 1\n');
  });

  it('train.sh writes a model', () => {
    const data = mkdtempSync(path.join(tmpdir(), 'train-'));
    const nodes = path.join(data, 'nodes');
    writeFileSync(nodes, 'n0 10.0.0.1 us-east-1a head\n');
    const env = { ...process.env, ORCH_JOB_ID: 'j', ORCH_ATTEMPT: '1', ORCH_NODE_LIST: nodes, ORCH_RESULTS_DIR: path.join(data, 'results') };
    execFileSync(path.join(folder, 'train.sh'), { env });
    const model = JSON.parse(readFileSync(path.join(data, 'results/model.json'), 'utf8')) as { a: number; b: number };
    expect(model.a).toBeCloseTo(3, 1);
    expect(model.b).toBeCloseTo(1, 1);
  });
});
