import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const nodes = join(import.meta.dirname, '../../../nodes');
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'boot-'));
  for (const folder of ['bin', 'disks', 'run/cloud-init']) mkdirSync(join(root, folder), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

describe('the boot of a machine', () => {
  const disk = 'nvme-Amazon_EC2_NVMe_Instance_Storage_AWS1';
  const standIn = (name: string, body: string): void => {
    writeFileSync(join(root, 'bin', name), `#!/bin/bash\necho "${name} $*" >> ${root}/calls\n${body}\n`, { mode: 0o755 });
  };
  /** The user data, with files in the place of disks. */
  const boot = (change = (text: string): string => text) => {
    const text = readFileSync(join(nodes, 'bootstrap.sh'), 'utf8').replaceAll('[ -b ', '[ -e ').replaceAll('/dev/disk/by-id', `${root}/disks`)
      .replaceAll('/proc/mounts', `${root}/mounts`).replace(/(?<=[ =])\/(run|var|data)/g, `${root}/$1`);
    const { status } = spawnSync('bash', ['--norc', '-c', change(text)], { env: { PATH: `${root}/bin:/usr/bin:/bin` }, encoding: 'utf8' });
    return { status, calls: existsSync(join(root, 'calls')) ? readFileSync(join(root, 'calls'), 'utf8').trim().split('\n') : [] };
  };
  const problems = (): string | undefined => (existsSync(join(root, 'run/orchestrator/boot-problems')) ? readFileSync(join(root, 'run/orchestrator/boot-problems'), 'utf8').replaceAll(root, '') : undefined);
  const isBooted = (): boolean => existsSync(join(root, 'run/orchestrator/booted'));

  beforeEach(() => {
    writeFileSync(join(root, 'mounts'), 'rootfs / xfs rw 0 0\n');
    standIn('systemctl', `[ ! -e ${root}/run/orchestrator/booted ]`);
    standIn('lsblk', 'echo disk');
    for (const name of ['blkid', 'mkfs.xfs', 'mount']) standIn(name, '');
  });

  it('ends with a mark that steps wait for', () => {
    const { status, calls } = boot();
    expect([status, calls, problems(), isBooted()]).toEqual([0, ['systemctl enable --now amazon-ssm-agent'], undefined, true]);
  });

  it('puts the instance store at /data', () => {
    writeFileSync(join(root, 'disks', disk), '');
    const { calls } = boot();
    expect(calls).toContain(`mkfs.xfs -f -q -K ${root}/disks/${disk}`);
    expect([calls.filter((call) => call.startsWith('mount')), problems()]).toEqual([[`mount -o noatime ${root}/disks/${disk} ${root}/data`], undefined]);
  });

  it('hides nothing that was mounted while the file system was made', () => {
    writeFileSync(join(root, 'disks', disk), '');
    standIn('mkfs.xfs', `echo "10.0.0.4:/data ${root}/data nfs4 rw 0 0" > ${root}/mounts`);
    const { calls } = boot((text) => text.replaceAll("' /data '", `' ${root}/data '`));
    expect([calls.filter((call) => call.startsWith('mount')), problems()]).toEqual([[], expect.stringContaining('something else was mounted there meanwhile')]);
  });

  it('keeps what it could not do for the first step, and its mark', () => {
    writeFileSync(join(root, 'disks', disk), '');
    standIn('mkfs.xfs', 'echo "mkfs.xfs: no luck" >&2; exit 1');
    expect([boot().status, problems(), isBooted()]).toEqual([0, 'the instance store could not be used, /data stays on the root volume: mkfs.xfs: no luck\n', true]);
  });

  it('leaves its mark where it ends half-way', () => {
    expect(boot((text) => text.replace('data_disks()', 'echo "$NOBODY_SET_THIS"\ndata_disks()')).status).not.toBe(0);
    expect([problems(), isBooted()]).toEqual([expect.stringMatching(/^the user data of this machine ended with exit code \d+\n$/), true]);
  });
});

it('is not waited for beyond all bounds', () => {
  const program = 'import sys, machine_boot, step_process\nmachine_boot.PATIENCE_SECONDS = 0.1\nprint(machine_boot.wait(sys.argv[1], step_process.Wakeups()))';
  const { stdout, stderr } = spawnSync('python3', ['-c', program, join(root, 'run')], { cwd: nodes, env: { PATH: '/usr/bin:/bin', PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: nodes }, encoding: 'utf8' });
  expect([stdout, stderr]).toEqual(["Outcome(kind='unbooted', exit_code=1, note='this machine did not boot within 0.1 s: its user data has not ended')\n", '']);
});
