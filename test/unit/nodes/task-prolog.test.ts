import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';

const script = readFileSync(join(import.meta.dirname, '../../../nodes/slurm/task-prolog.sh'), 'utf8');
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'prolog-'));
  for (const folder of ['slurm/bin', 'telemetry']) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'slurm/bin/common.sh'), `conf=${root}`);
  writeFileSync(join(root, 'node'), 'ORCH_NODE=workers-1 ORCH_RANK=2 ORCH_POOL=workers');
});
afterEach(() => rmSync(root, { recursive: true }));

/** What a task's environment has of telemetry, where the job was submitted from with this. */
function environmentOfTask(submitted: Readonly<Record<string, string>>): readonly string[] {
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script.replaceAll('/var/lib/orchestrator', root)], {
    env: { PATH: process.env['PATH'] ?? '', SLURM_STEP_ID: '0', ...submitted }, encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout.trim().split('\n').filter((line) => line.includes('OTLP'));
}

const ours = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:40001', ORCH_OTLP_ENDPOINT: 'http://127.0.0.1:40001' };

it('tells a task of the collector of its own node', () => {
  writeFileSync(join(root, 'telemetry/port'), '40002');
  expect(environmentOfTask(ours)).toEqual(['export ORCH_OTLP_ENDPOINT=http://127.0.0.1:40002', 'export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:40002']);
});

it('tells a task of none where its node has none', () => {
  expect(environmentOfTask(ours)).toEqual(['unset ORCH_OTLP_ENDPOINT', 'unset OTEL_EXPORTER_OTLP_ENDPOINT']);
});

it.each([{}, { ORCH_OTLP_ENDPOINT: 'http://127.0.0.1:40001' }])('lets an endpoint be that a manifest or a script names, on the loopback too', (more) => {
  writeFileSync(join(root, 'telemetry/port'), '40002');
  expect(environmentOfTask({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', ...more })).toEqual([]);
});
