import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { replayLoad, type ReplayOptions } from '../../../../benchmarks/replay/replay.ts';

const main = join(import.meta.dirname, '../../../../benchmarks/main.ts');

/** What `npm run bench -- replay` prints, and how it ends. */
async function bench(...words: readonly string[]): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [main, 'replay', ...words])) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

describe('npm run bench -- replay', () => {
  it('prints one JSON document alone on standard output, and the table beside', async () => {
    const { code, stdout, stderr } = await bench('--synthetic', 'flood', '--to', '0.02', '--policies', 'fifo,fair-share+backfill', '--json');
    expect(code).toBe(0);
    const { policies } = JSON.parse(stdout) as { policies: { name: string; waitSeconds: object }[] };
    expect(policies.map(({ name }) => name)).toEqual(['fifo', 'fair-share+backfill']);
    expect(Object.keys(policies[0]?.waitSeconds ?? {})).toEqual(['mean', 'p50', 'p90', 'p99']);
    expect(stderr).toContain('share error');
  }, 60_000);

  it('says what is wrong on standard error alone', async () => {
    const { code, stdout, stderr } = await bench('--from', '0.5', '--to', '0.5');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('--from must be less than --to.');
  }, 60_000);

  it.each<[Partial<ReplayOptions>, string]>([
    [{ swf: 'missing.swf' }, 'missing.swf'],
    [{ policies: ['lottery'] }, 'There is no policy lottery. There are: fifo, '],
    [{ from: 0.5, to: 0.5 }, '--from must be less than --to.'],
    [{ swf: 'a', kueue: 'b' }, 'One of --swf, --kueue and --synthetic at a time.'],
  ])('refuses %j', async (options, message) => {
    await expect(replayLoad({ seed: 1, unit: 'cores', from: 0, to: 1, ...options })).rejects.toThrow(message);
  });
});
