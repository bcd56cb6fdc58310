import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseManifest } from '../../../../core/manifest/parse.ts';
import { sharedDataSteps } from '../../../../core/runtimes/shared-data.ts';
import { aManifestText } from '../../../builders/manifest.ts';

/** Runs the preparing script with stand-ins for everything that changes a machine; each notes how it was called. */
describe('the step that shares /data', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'shared-'));
    mkdirSync(join(folder, 'bin'));
    for (const name of ['mkdir', 'systemctl', 'sleep', 'exportfs', 'dnf']) standIn(name, '');
    writeFileSync(join(folder, 'nodes'), 'head-0 10.0.0.10 us-east-1a head\nworkers-0 10.0.0.11 us-east-1a workers\nworkers-1 10.0.0.12 us-east-1b workers\n');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const standIn = (name: string, body: string): void => {
    const file = join(folder, 'bin', name);
    writeFileSync(file, `#!/bin/bash\necho "${name} $*" >> ${folder}/calls\n${body}\n`);
    chmodSync(file, 0o755);
  };
  const run = (rank: number, storage = '', region = 'us-east-1') => {
    const parsed = parseManifest(aManifestText({ spec: storage }).replace('us-east-1', region));
    const [step] = parsed.ok ? sharedDataSteps(parsed.manifest) : [];
    if (step?.action.kind !== 'script') throw new Error('no step shares /data');
    const env = { ...step.env, PATH: `${folder}/bin:/usr/bin:/bin`, ORCH_RANK: String(rank), ORCH_NODE_LIST: join(folder, 'nodes') };
    const { status, stderr } = spawnSync('bash', ['--norc', '-c', step.action.script], { env, encoding: 'utf8' });
    const calls = existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n') : [];
    return { status, stderr, calls };
  };
  const efs = '  storage: { type: EFS, fileSystemId: fs-0123456789abcdef0 }\n';

  it('exports the head’s folder to the nodes of the job and nobody else', () => {
    const { status, calls } = run(0);
    expect(status).toBe(0);
    expect(calls).toContain('systemctl start nfs-server');
    expect(calls).toContain('exportfs -o rw,sync,no_root_squash,no_subtree_check 10.0.0.10:/data 10.0.0.11:/data 10.0.0.12:/data');
  });

  it('serves a node no more that was replaced: its address may be another job’s', () => {
    standIn('exportfs', '[ "$*" != -s ] || printf "%s\\n" "/data  10.0.0.11(sync,rw)" "/data  10.0.0.13(sync,rw)" "/opt  10.0.0.14(ro)" "/data  backup.example.com(ro)" "/data  10.1.0.0/16(ro)"');
    const { status, calls } = run(0);
    expect([status, calls.filter((call) => call.startsWith('exportfs -u'))]).toEqual([0, ['exportfs -u 10.0.0.13:/data']]);
    expect(calls).toContain('exportfs -o rw,sync,no_root_squash,no_subtree_check 10.0.0.10:/data 10.0.0.11:/data 10.0.0.12:/data');
  });

  it('mounts it on the others, and waits for a head that is later', () => {
    standIn('mount', `[ "$(grep -c ^mount ${folder}/calls)" -ge 3 ]`);
    const { status, calls } = run(1);
    expect(status).toBe(0);
    const mounts = calls.filter((call) => call.startsWith('mount '));
    expect(mounts).toEqual(Array.from({ length: 3 }, () => 'mount -t nfs -o rw,hard,nfsvers=4.2,noatime,retry=0 10.0.0.10:/data /data'));
  });

  it('installs the NFS client where the machine lacks it', () => {
    standIn('mount', `grep -q ^dnf ${folder}/calls || { echo 'mount: bad option; for several filesystems (e.g. nfs, cifs) you might need a /sbin/mount.<type> helper program.' >&2; exit 32; }`);
    const { status, calls } = run(1);
    expect([status, calls.filter((call) => call.startsWith('dnf'))]).toEqual([0, ['dnf install --quiet --assumeyes nfs-utils']]);
  });

  it('gives up after a while and says what the system said', () => {
    standIn('mount', 'echo "mount.nfs: access denied by server" >&2; exit 32');
    const { status, stderr, calls } = run(1);
    const waitedSeconds = calls.filter((call) => call.startsWith('sleep ')).reduce((sum, call) => sum + Number(call.slice('sleep '.length)), 0);
    expect([status, waitedSeconds]).toEqual([1, 298]);
    expect(stderr).toBe('could not mount 10.0.0.10:/data at /data within 5 minutes: mount.nfs: access denied by server\n');
  });

  it('mounts a file system of EFS on every node', () => {
    standIn('mount', '');
    const { status, calls } = run(0, efs);
    expect(status).toBe(0);
    expect(calls[0]).toMatch(/^mount -t nfs4 -o nfsvers=4\.1,.* fs-0123456789abcdef0\.efs\.us-east-1\.amazonaws\.com:\/ \/data$/);
  });

  it.each([
    ['EFS', 'fs-0123456789abcdef0.efs.cn-north-1.amazonaws.com.cn:/'],
    ['FSx', 'fs-0123456789abcdef0.fsx.cn-north-1.amazonaws.com.cn:/fsx'],
  ])('knows the domain of China’s regions: %s', (type, source) => {
    standIn('mount', '');
    expect(run(0, `  storage: { type: ${type}, fileSystemId: fs-0123456789abcdef0 }\n`, 'cn-north-1').calls[0]).toContain(` ${source} /data`);
  });
});
