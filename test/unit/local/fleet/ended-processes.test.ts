import { afterEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../../../local/eventually.ts';
import { ProcessDriver } from '../../../../local/fleet/instances/process-driver.ts';
import { isRunning, kill, recordProcess } from '../../../../local/fleet/instances/process-table.ts';
import { PYTHON } from './test-fleet.ts';

const started: ChildProcess[] = [];

/** A group of processes of its own, which says one line when it has come so far. */
async function startGroup(script: string): Promise<{ readonly pid: number; readonly said: string }> {
  const child = spawn('sh', ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  started.push(child);
  const [said] = await once(child.stdout.setEncoding('utf8'), 'data');
  return { pid: child.pid ?? 0, said: String(said).trim() };
}

afterEach(() => {
  for (const { pid = 0 } of started.splice(0)) kill(recordProcess(pid), 'group');
});

describe('a recorded process', () => {
  it('is left alone when another has its id by now, and leads a group of that id', async () => {
    const { pid } = await startGroup('echo begun; exec sleep 600');

    kill({ pid, identity: 'when an earlier one started' }, 'group');
    kill({ pid }, 'group');

    expect(isRunning(recordProcess(pid))).toBe(true);
  });

  it('takes those of its group with it that have outlived it', async () => {
    const { pid, said } = await startGroup('sleep 600 > /dev/null & echo $!');
    const left = recordProcess(Number(said));
    const leader = started[0];
    if (leader?.exitCode === null) await once(leader, 'exit');
    expect(isRunning(left)).toBe(true);

    kill({ pid, identity: 'when it started' }, 'group');

    await eventually('nobody of the group is left', () => !isRunning(left), 10_000, 10);
  });
});

describe('an instance that has ended', () => {
  it('takes no process with it that has an id by now which one of its own had', async () => {
    const { pid } = await startGroup('echo begun; exec sleep 600');
    const directory = mkdtempSync(join(tmpdir(), 'ended-'));
    const unit = join(directory, 'i-1/root/run/fleet/units/orch-slurmd');
    mkdirSync(unit, { recursive: true });
    writeFileSync(join(unit, 'pid'), `${pid}\n`);
    const driver = new ProcessDriver({ directory, standIns: 'local/fleet/stand-ins', visible: [], python: PYTHON });
    expect(driver.isolation).not.toBe('none');

    await driver.destroy('i-1');

    expect(isRunning(recordProcess(pid))).toBe(true);
  });
});
