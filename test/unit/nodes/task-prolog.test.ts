import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const script = readFileSync(join(import.meta.dirname, '../../../nodes/slurm/task-prolog.sh'), 'utf8');
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'prolog-'));
  for (const folder of ['slurm/bin', 'telemetry']) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'slurm/bin/common.sh'), `conf=${root} slurm=${root}/slurm`);
  writeFileSync(join(root, 'node'), 'ORCH_NODE=workers-1 ORCH_RANK=2 ORCH_POOL=workers');
});
afterEach(() => rmSync(root, { recursive: true }));

/** What a task gets into its environment, where the job was submitted from with this. */
function told(submitted: Readonly<Record<string, string>>): readonly string[] {
  const text = script.replaceAll('/var/lib/orchestrator', root).replaceAll('/sys/class/net', join(root, 'net'));
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', text], {
    env: { PATH: process.env['PATH'] ?? '', SLURM_STEP_ID: '0', ...submitted }, encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout.trim().split('\n');
}

const environmentOfTask = (submitted: Readonly<Record<string, string>>): readonly string[] => told(submitted).filter((line) => line.includes('OTLP'));

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

describe('Open MPI on a machine with docker', () => {
  const excluded = (submitted: Readonly<Record<string, string>> = {}): readonly string[] => told({ SLURM_JOB_ID: '7', ...submitted }).filter((line) => line.includes('_MCA_'));
  const both = ['export OMPI_MCA_btl_tcp_if_exclude=lo,docker0', 'export OMPI_MCA_oob_tcp_if_exclude=lo,docker0'];
  const written = (text: string): void => {
    mkdirSync(join(root, 'slurm/spool/job00007'), { recursive: true });
    writeFileSync(join(root, 'slurm/spool/job00007/slurm_script'), text);
  };
  beforeEach(() => {
    mkdirSync(join(root, 'net/docker0'), { recursive: true });
  });

  it('is told to leave its bridge out', () => {
    written('mpirun ./program');
    expect(excluded()).toEqual(both);
  });

  it('is told nothing where there is none', () => {
    rmSync(join(root, 'net'), { recursive: true });
    expect(excluded()).toEqual([]);
  });

  it.each(['OMPI_MCA_btl_tcp_if_include', 'OMPI_MCA_btl_tcp_if_exclude'])('is told nothing of what %s says', (name) => {
    expect(excluded({ [name]: 'eth0' })).toEqual(both.slice(1));
  });

  it('is told nothing of what the script tells mpirun', () => {
    written('mpirun --mca btl_tcp_if_include eth0 ./program');
    expect(excluded()).toEqual(both.slice(1));
  });
});
