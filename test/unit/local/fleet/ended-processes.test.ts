import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { eventually } from '../../../../local/eventually.ts';
import { ProcessDriver } from '../../../../local/fleet/instances/process-driver.ts';
import { processesAt } from '../../../../local/fleet/leftovers.ts';
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
  for (const { pid = 0 } of started.splice(0)) kill(recordProcess(pid), 'own group');
});

const directories: string[] = [];

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'ended-'));
  directories.push(directory);
  return directory;
}

afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

const BOOT = { instanceId: 'i-1', imageId: 'ami-1', hostName: 'ip-1', dnsName: 'ip-1.internal', addresses: ['10.0.0.1'], environment: {} };

/** A driver of instances, without namespaces where its tool fails. */
const openDriver = (directory: string, python: string): ProcessDriver =>
  new ProcessDriver({ directory, standIns: resolve('local/fleet/stand-ins'), visible: [], python });

describe('a recorded process', () => {
  it('is left alone when another has its id by now, and leads a group of that id', async () => {
    const { pid } = await startGroup('echo begun; exec sleep 600');

    kill({ pid, identity: 'when an earlier one started' }, 'group');
    kill({ pid }, 'group');

    expect(isRunning(recordProcess(pid))).toBe(true);
  });

  it('takes those of its group with it that have outlived it, where it was started here', async () => {
    const { pid, said } = await startGroup('sleep 600 > /dev/null & echo $!');
    const left = recordProcess(Number(said));
    const leader = started[0];
    if (leader?.exitCode === null) await once(leader, 'exit');
    expect(isRunning(left)).toBe(true);

    kill({ pid, identity: 'when it started' }, 'group');
    expect(isRunning(left)).toBe(true);
    kill({ pid, identity: 'when it started' }, 'own group');

    await eventually('nobody of the group is left', () => !isRunning(left), { timeoutMs: 10_000, pollMs: 10 });
  });
});

describe('an instance that has ended', () => {
  it('takes no process with it that has an id by now which one of its own had', async () => {
    const { pid } = await startGroup('echo begun; exec sleep 600');
    const directory = newDirectory();
    const unit = join(directory, 'i-1/root/run/fleet/units/orch-slurmd');
    mkdirSync(unit, { recursive: true });
    writeFileSync(join(unit, 'pid'), `${pid}\n`);
    const driver = openDriver(directory, PYTHON);
    expect(driver.isolation).not.toBe('none');

    await driver.destroy('i-1');
    rmSync(directory, { recursive: true });

    expect(isRunning(recordProcess(pid))).toBe(true);
  });
});

describe('an instance without namespaces', () => {
  it('takes its units with it when it ends', async () => {
    const directory = newDirectory();
    const driver = openDriver(directory, 'false');
    expect(driver.isolation).toBe('none');
    await driver.start(BOOT);
    await driver.run({ instanceId: 'i-1', name: 'one', script: '#!/bin/sh\nsystemd-run --quiet --unit=job sleep 600\n', environment: {} });
    const unit = recordProcess(Number(readFileSync(join(directory, 'i-1/root/run/fleet/units/job/pid'), 'utf8')));
    expect(isRunning(unit)).toBe(true);

    await driver.destroy('i-1');

    await eventually('the unit has ended', () => !isRunning(unit), { timeoutMs: 10_000, pollMs: 10 });
  });

  it('takes no process with it that has the id of its unit by now', async () => {
    const { pid } = await startGroup('echo begun; exec sleep 600');
    const directory = newDirectory();
    const unit = join(directory, 'i-1/root/run/fleet/units/job');
    mkdirSync(unit, { recursive: true });
    writeFileSync(join(unit, 'pid'), String(pid));
    writeFileSync(join(unit, 'identity'), 'when the unit began');

    await openDriver(directory, 'false').destroy('i-1');

    expect(isRunning(recordProcess(pid))).toBe(true);
  });
});

describe('an instance that boots while its simulator is killed', () => {
  it('has one first process, which the next life of the simulator finds', async () => {
    const directory = newDirectory();
    const lives = [openDriver(directory, PYTHON), openDriver(directory, PYTHON)] as const;

    await Promise.all(lives.map((driver) => driver.start(BOOT)));

    const first = (): number => processesAt(join(directory, 'i-1')).filter(({ command }) => command.startsWith('sleep')).length;
    await eventually('it has a first process', () => first() > 0, { timeoutMs: 10_000, pollMs: 10 });
    expect(first()).toBe(1);
    await lives[0].destroy('i-1');
    await eventually('nothing is left', () => processesAt(directory).length === 0, { timeoutMs: 10_000, pollMs: 10 });
  });
});
