import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';

const script = readFileSync(join(import.meta.dirname, '../../../nodes/slurm/gres.sh'), 'utf8');
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gres-'));
  for (const folder of ['bin', 'dev']) mkdirSync(join(root, folder));
  writeFileSync(join(root, 'gres.conf'), 'NodeName=gpu-[0-1] Name=gpu File=/dev/nvidia[0-2]\n');
  standIn('scontrol', 'printf "gpu-0\\ngpu-1\\n"');
});
afterEach(() => rmSync(root, { recursive: true }));

const standIn = (name: string, body: string): void => writeFileSync(join(root, 'bin', name), `#!/bin/bash\n${body}\n`, { mode: 0o755 });
const devices = (...names: string[]): void => names.forEach((name) => writeFileSync(join(root, 'dev', name), ''));

/** gres.conf of the machine, and what it says of it. */
function configured(node = 'gpu-0'): { readonly stdout: string; readonly stderr: string } {
  const text = `set -euo pipefail\nslurm=${root}/slurm\n${script.replaceAll('[ -e "/dev', `[ -e "${root}/dev`).replaceAll('[ ! -e /dev/kfd', `[ ! -e ${root}/dev/kfd`)}\ngres_conf`;
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', text], { env: { PATH: `${root}/bin:/usr/bin:/bin`, ORCH_FILES: root, ORCH_NODE: node }, encoding: 'utf8' });
  expect(status).toBe(0);
  return { stdout, stderr };
}

const real = 'NodeName=gpu-[0-1] Name=gpu File=/dev/nvidia[0-2]\n';
const standIns = (): string => `NodeName=gpu-[0-1] Name=gpu File=${root}/slurm/devices/nvidia[0-2]\n`;

it('names the devices that are there', () => {
  devices('nvidia0', 'nvidia1', 'nvidia2');
  expect(configured()).toEqual({ stdout: real, stderr: '' });
});

it('lets others stand in where one is missing, and says so of this machine alone', () => {
  devices('nvidia0', 'nvidia2');
  expect(configured()).toEqual({ stdout: standIns(), stderr: 'This machine has not all of /dev/nvidia0 to /dev/nvidia2: Slurm counts its GPUs all the same.\n' });
  expect(configured('head-0').stderr).toBe('');
});

it('uses GPUs before it looks for them: some have their devices only then', () => {
  standIn('nvidia-smi', `touch ${root}/dev/nvidia{0..2}`);
  expect(configured().stdout).toBe(real);
});

it('stays with what was found first', () => {
  configured();
  devices('nvidia0', 'nvidia1', 'nvidia2');
  expect(configured().stdout).toBe(standIns());
});

it('misses nothing on a machine with GPUs of AMD', () => {
  devices('kfd');
  expect(configured()).toEqual({ stdout: standIns(), stderr: '' });
});
