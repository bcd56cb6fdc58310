import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../../local/eventually.ts';
import { isRunning, logTail, startDetached, stop, type DetachedProcess } from '../../../local/processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'processes-'));
const started: DetachedProcess[] = [];

async function start(script: string): Promise<DetachedProcess> {
  const process = await startDetached({
    name: 'script', command: 'sh', arguments: ['-c', script], environment: { PATH: '/usr/bin:/bin' },
    directory: folder, logFile: join(folder, `${started.length}.log`),
  });
  started.push(process);
  return process;
}

async function until(condition: () => boolean): Promise<void> {
  await eventually('the process has come so far', condition, { timeoutMs: 20_000, pollMs: 10 });
}

afterEach(async () => {
  await Promise.all(started.map((process) => stop(process, 0)));
});

describe('a detached process', () => {
  it('writes to its log and ends when asked', async () => {
    const process = await start('trap "echo asked; exit 0" TERM; echo begun; while :; do sleep 0.05; done');
    await until(() => logTail(process).includes('begun'));

    expect(await stop(process, 5_000)).toBe(true);

    expect(isRunning(process)).toBe(false);
    expect(logTail(process)).toBe('begun\nasked');
  });

  it('is ended by force, with its group, when it ignores being asked', async () => {
    const process = await start('trap "" TERM; sleep 1000 & echo $! > child; echo begun; while :; do sleep 0.05; done');
    await until(() => logTail(process).includes('begun'));
    const child = { ...process, pid: Number(readFileSync(join(folder, 'child'), 'utf8')) };

    expect(await stop(process, 100)).toBe(false);

    expect(isRunning(process)).toBe(false);
    await until(() => !isAlive(child.pid));
  });

  it('is not confused with another that has its id now', async () => {
    const process = await start('sleep 1000');
    const earlier = { ...process, identity: 'another start' };

    await stop(earlier, 0);

    expect(isRunning(earlier)).toBe(false);
    expect(isRunning(process)).toBe(true);
  });

  it('fails to start with the reason', async () => {
    await expect(startDetached({
      name: 'none', command: '/nonexistent', arguments: [], environment: {}, directory: folder, logFile: join(folder, 'none.log'),
    })).rejects.toThrow('ENOENT');
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
