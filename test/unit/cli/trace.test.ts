import { readFile } from 'node:fs/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { traceIdOf } from '../../../core/runtimes/trace-context.ts';
import { jobId } from '../../../core/job/ids.ts';
import { cells } from '../../../cli/src/trace/cells.ts';
import { flawsOf } from '../../builders/trace.ts';
import { silenceLogs } from '../../builders/logs.ts';
import { aManifestText } from '../../builders/manifest.ts';
import { openOrch } from './orch.ts';

let cli: Awaited<ReturnType<typeof openOrch>>;
let id: string;
const environment = { ORCH_NAMESPACE: 'research' };

beforeAll(silenceLogs);
beforeEach(async () => {
  cli = await openOrch();
  id = (await cli.orch(['submit', '-'], { input: aManifestText() })).out.trim().split('/')[1] ?? '';
});
afterEach(async () => cli.close());

/** A run that fails ten seconds after it began. */
async function fail(): Promise<void> {
  cli.api.clock.advance(2_000);
  await cli.begin(id, 'CONFIGURING');
  cli.api.clock.advance(3_000);
  await cli.move(id, ['RUNNING']);
  cli.api.clock.advance(10_000);
  const answer = { kind: 'failed', exitCode: 7, reason: { code: 'StepFailed', message: 'Train exited with 7 on head-0.' } } as const;
  await cli.move(id, ['RUN_FAILED', 'POST_RUN', 'DESTROYING', 'DONE'], answer);
}

describe('orch trace', () => {
  it('draws where the time went, and says what failed', async () => {
    await fail();
    const { exitCode, out, err } = await cli.orch(['trace', id], { environment, columns: 80 });
    expect([exitCode, err]).toEqual([0, '']);
    expect(out.replaceAll(id, 'JOB').replace(traceIdOf(jobId(id)), 'TRACE')).toBe(`research/JOB DONE FAILED, trace TRACE

              0                   15.0 s
✗ cluster v1  ██████████████████████████      15.0 s FAILED
  PENDING     ░░░                              2.0 s
  CONFIGURING    ██████                        3.0 s
    boot         ░░░░░░                        3.0 s until all nodes take comm…
  ✗ RUNNING           ██████████████████      10.0 s

✗ RUNNING: Train exited with 7 on head-0.
`);
  });

  it('draws what goes on until now', async () => {
    cli.api.clock.advance(60_000);
    const { out } = await cli.orch(['trace', id], { environment });
    expect(out).toMatch(/^ {2}PENDING +░+▶ +> 60\.0 s Nothing holds it back/m);
  });

  it('keeps to the width of the terminal', async () => {
    await fail();
    for (const columns of [1, 40, 60, 200]) {
      const { out } = await cli.orch(['trace', id, '--all'], { environment, columns });
      const chart = out.split('\n').slice(2, -3);
      expect(chart.filter((line) => cells(line) > Math.max(40, columns))).toEqual([]);
    }
  });

  it('colours for people only', async () => {
    await fail();
    expect((await cli.orch(['trace', id], { environment, hasColour: true })).out).toContain('\u001B[31m✗ RUNNING: Train exited with 7 on head-0.\u001B[39m');
    expect((await cli.orch(['trace', id, '--json'], { environment, hasColour: true })).out).not.toContain('\u001B');
  });

  it('answers programs with the spans', async () => {
    await fail();
    const trace = JSON.parse((await cli.orch(['trace', id, '--json'], { environment })).out);
    expect(flawsOf(trace)).toEqual([]);
    expect(trace).toMatchObject({ traceId: traceIdOf(jobId(id)) });
    expect(trace.spans[0]).toMatchObject({ subject: 'job', name: 'job', error: 'Train exited with 7 on head-0.' });
    expect(trace.spans.map(({ name }: { name: string }) => name)).toEqual([
      'job', 'attempt', 'PENDING', 'ACQUIRING_CAPACITY', 'turn', 'CONFIGURING', 'boot', 'RUNNING', 'RUN_FAILED', 'POST_RUN', 'DESTROYING', 'DONE',
    ]);
  });

  it('reads a history of many pages', async () => {
    for (let priority = 1; priority <= 120; priority += 1) await cli.orch(['priority', id, String(priority)], { environment });
    const { spans } = JSON.parse((await cli.orch(['trace', id, '--json'], { environment })).out);
    expect(spans.find(({ name }: { name: string }) => name === 'PENDING').events).toHaveLength(120);
  });

  it('writes a picture', async () => {
    await fail();
    const path = await cli.file('trace.svg', 'before');
    expect(await cli.orch(['trace', id, '--svg', path], { environment })).toEqual({ exitCode: 0, out: '', err: 'wrote ./trace.svg\n' });
    const svg = await readFile(path, 'utf8');
    expect(svg).toMatch(/^<svg [\s\S]+<\/svg>\n$/);
    expect(svg).toContain('RUNNING: 10.0 s · Train exited with 7 on head-0.');
  });

  it('writes OTLP, to standard output too', async () => {
    await fail();
    const { out } = await cli.orch(['trace', id, '--otlp', '-'], { environment });
    const { resourceSpans: [{ scopeSpans: [{ spans }] }] } = JSON.parse(out);
    expect(spans[0]).toMatchObject({ traceId: traceIdOf(jobId(id)), name: 'job', kind: 1, startTimeUnixNano: '1700000000000000000', endTimeUnixNano: '1700000015000000000', status: { code: 2 } });
  });

  it('writes both at once', async () => {
    const [svg, otlp] = [await cli.file('a.svg', ''), await cli.file('a.json', '')];
    const { err } = await cli.orch(['trace', id, '--svg', svg, '--otlp', otlp], { environment });
    expect(err).toBe('wrote ./a.svg\nwrote ./a.json\n');
  });

  it.each([
    [['--svg', '/nowhere/at/all.svg'], 2, 'orch: cannot write /nowhere/at/all.svg: there is no such folder\n'],
    [['--otlp', '/'], 2, 'orch: cannot write /: it is a folder\n'],
    [['--svg', '-', '--otlp', '-'], 2, 'orch: only one of --svg and --otlp can go to standard output\n'],
  ])('says why not: %j', async (words, exitCode, err) => {
    expect(await cli.orch(['trace', id, ...words], { environment })).toEqual({ exitCode, out: '', err });
  });

  it('says that there is no such job', async () => {
    const { exitCode, out, err } = await cli.orch(['trace', 'research/01hf7yat000000000000000000']);
    expect([exitCode, out]).toEqual([1, '']);
    expect(err).toContain('orch: There is no job 01hf7yat000000000000000000 in namespace research.\n');
  });
});
