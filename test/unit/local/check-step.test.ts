import { expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runToEnd } from '../../../local/check-step.ts';
import { identityOf } from '../../../local/process-identity.ts';

const leavesBehind = (file: string, exitCode: number): string => `setsid sh -c 'echo $$ > ${file}; exec sleep 600' & until [ -s ${file} ]; do sleep 0.01; done; exit ${exitCode}`;

it('a step that fails takes with it what it has started, and one that ends well does not', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'check-step-'));
  const left = async (exitCode: number): Promise<number> => {
    const file = join(directory, String(exitCode));
    const { succeeded } = await runToEnd({ name: 'script', command: 'sh', arguments: ['-c', leavesBehind(file, exitCode)] }, 60_000);
    expect(succeeded).toBe(exitCode === 0);
    return Number(readFileSync(file, 'utf8'));
  };

  const ofFailed = await left(1);
  const ofGood = await left(0);

  expect(identityOf(ofFailed)).toBeUndefined();
  expect(identityOf(ofGood)).toBeDefined();
  process.kill(ofGood, 'SIGKILL');
  rmSync(directory, { recursive: true });
});

it('a step that is interrupted has not succeeded, however it ends', async () => {
  const script = 'trap "exit 0" HUP; kill -HUP $PPID; while :; do sleep 0.01; done';
  await expect(runToEnd({ name: 'script', command: 'sh', arguments: ['-c', script] }, 60_000)).resolves.toEqual({ succeeded: false, interrupted: true });
});
