import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { epochMs } from '../../../core/job/ids.ts';
import type { TaskAnswer } from '../../../core/lifecycle/task.ts';
import type { JobState } from '../../../core/lifecycle/states.ts';
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

const write = (node: string, seconds: number, message: string, step = 'Train'): void => {
  cli.lines.push({ id: String(cli.lines.length), atMs: epochMs(cli.api.clock.now() + seconds * 1000), attempt: 1, node, step, message });
};

/** What happens, a thing at a time, while a command lets time pass. */
function oneAfterTheOther(...happenings: (() => Promise<void> | void)[]): () => Promise<void> {
  return async () => happenings.shift()?.();
}

describe('orch wait', () => {
  const endings: readonly (readonly [number, readonly JobState[], TaskAnswer['kind'], string])[] = [
    [0, ['SUCCEEDED', 'POST_RUN', 'DESTROYING', 'DONE'], 'phaseDone', 'DONE SUCCEEDED'],
    [10, ['RUN_FAILED', 'POST_RUN', 'DESTROYING', 'DONE'], 'failed', 'DONE FAILED'],
    [11, ['RUN_FAILED', 'POST_RUN', 'DESTROYING', 'DONE'], 'cancelled', 'DONE CANCELLED'],
    [12, ['RUN_FAILED', 'POST_RUN', 'DESTROYING', 'DONE'], 'timedOut', 'DONE TIMED_OUT'],
    [14, ['RUN_FAILED', 'POST_RUN', 'DESTROYING', 'DONE'], 'interrupted', 'DONE INTERRUPTED'],
    [0, ['SUCCEEDED', 'POST_RUN', 'DESTROYING', 'DESTRUCTION_FAILED'], 'remaining', 'DESTRUCTION_FAILED SUCCEEDED'],
  ];

  it.each(endings)('exits with %i after %j', async (exitCode, path, kind, standing) => {
    await cli.begin(id, 'CONFIGURING', 'RUNNING');
    const answer = { kind, reason: { code: 'Test', message: 'It was so.' } };
    const ran = await cli.orch(['wait', id], { environment, meanwhile: oneAfterTheOther(async () => cli.move(id, path, answer)) });
    expect([ran.exitCode, ran.out]).toEqual([exitCode, `job ${id} ${standing}\n`]);
    expect(ran.err.includes('It was so.')).toBe(exitCode !== 0);
    expect(ran.err.includes('Not all of its machines are known to be gone')).toBe(path.includes('DESTRUCTION_FAILED'));
  });

  it('exits with 13 when no capacity was found', async () => {
    await cli.begin(id, 'PROVISIONING_FAILED');
    const answer = { kind: 'timedOut', reason: { code: 'CapacityTimeout', message: 'No capacity in time.' } } as const;
    const other = (await cli.orch(['submit', '-'], { input: aManifestText() })).out.trim();
    const fail = async (): Promise<void> => {
      await cli.begin(other.split('/')[1] ?? '');
      await cli.move(other.split('/')[1] ?? '', ['PROVISIONING_FAILED'], answer);
    };
    const { exitCode, err } = await cli.orch(['wait', other], { meanwhile: oneAfterTheOther(fail) });
    expect(exitCode).toBe(13);
    expect(err).toContain(`No capacity in time.\nWhy: orch why ${other}\n`);
  });

  it('tells where the job is, a line for each change', async () => {
    const meanwhile = oneAfterTheOther(
      async () => cli.begin(id, 'CONFIGURING'), () => {}, async () => cli.addNode(id),
      async () => cli.move(id, ['RUNNING']), async () => cli.move(id, ['SUCCEEDED', 'POST_RUN', 'DESTROYING', 'DONE']));
    const { err } = await cli.orch(['wait', id], { environment, meanwhile });
    const at = '2023-11-14T22:13:20Z';
    expect(err).toBe([
      `job ${id}`, `${at}  PENDING, Nothing holds it back by itself: it waits for its turn in the order.`, `${at}  CONFIGURING`, `${at}  RUNNING, 1 node`, `${at}  DONE`, '',
    ].join('\n'));
  });

  it('leaves the job alone on Ctrl-C, and says how to go on', async () => {
    const interruption = new AbortController();
    const meanwhile = oneAfterTheOther(() => interruption.abort());
    const ran = await cli.orch(['wait', id], { environment, meanwhile, signal: interruption.signal });
    expect([ran.exitCode, ran.out]).toEqual([130, '']);
    expect(ran.err).toContain(`The job goes on without this command.\n  wait for it again:  orch wait research/${id}\n  stop it:            orch cancel research/${id}\n`);
    expect((await cli.api.get(id)).state).toBe('PENDING');
  });

  it('is part of submit, and hands a program the job as it ended', async () => {
    const meanwhile = oneAfterTheOther(async () => {
      const newest = JSON.parse((await cli.orch(['list', '--json', '--limit', '1'], { environment })).out) as { jobId: string };
      await cli.orch(['cancel', newest.jobId], { environment });
    });
    cli.api.clock.advance(1000);
    const { exitCode, out } = await cli.orch(['submit', '-', '--wait', '--json'], { input: aManifestText({ name: 'second' }), meanwhile });
    expect(exitCode).toBe(11);
    expect(JSON.parse(out)).toMatchObject({ manifest: { name: 'second' }, state: 'DONE', outcome: 'CANCELLED' });
  });
});

describe('orch events', () => {
  it('shows the history', async () => {
    await cli.begin(id, 'CONFIGURING');
    cli.api.clock.advance(130_000);
    await cli.move(id, ['RUNNING']);
    expect((await cli.orch(['events', id], { environment })).out).toBe(`2023-11-14T22:13:20Z  1  JobSubmitted            submitted by alice
2023-11-14T22:13:20Z  1  ACQUIRING_CAPACITY      admitted by the scheduler
2023-11-14T22:13:20Z  1  CONFIGURING             the whole gang is launched
2023-11-14T22:15:30Z  1  RUNNING                 every node is configured
`);
  });

  it('follows it until the job has ended', async () => {
    const meanwhile = oneAfterTheOther(async () => cli.begin(id, 'CONFIGURING'), async () => cli.move(id, ['RUNNING', 'SUCCEEDED', 'POST_RUN', 'DESTROYING', 'DONE']));
    const { out } = await cli.orch(['events', '-f', '--json', id], { environment, meanwhile });
    const events = out.trim().split('\n').map((line) => JSON.parse(line) as { number: number; to?: string });
    expect(events.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(events.at(-1)?.to).toBe('DONE');
  });
});

describe('orch logs', () => {
  it('says of each line where it comes from', async () => {
    write('head-0', 0, 'epoch 1');
    write('workers-3', 1, 'ready', '');
    expect(await cli.orch(['logs', id], { environment })).toEqual({ exitCode: 0, out: 'head-0 Train | epoch 1\nworkers-3 | ready\n', err: '' });
    expect(cli.served.arrived.at(-1)?.query).toEqual({ limit: '10000' });
    expect((await cli.orch(['logs', id, '-t'], { environment })).out).toContain('2023-11-14T22:13:20.000Z head-0 Train | epoch 1\n');
  });

  it('gives each node its colour, and leaves those of the lines', async () => {
    write('head-0', 0, '\u001B[31mred\u001B[0m\tand\u001B[2Jgone\r');
    write('workers-3', 1, 'ready');
    write('head-0', 2, 'again');
    const { out } = await cli.orch(['logs', id], { environment, hasColour: true });
    expect(out.split('\n')).toEqual([
      '\u001B[36mhead-0 Train |\u001B[39m \u001B[31mred\u001B[0m\tandgone', '\u001B[33mworkers-3 Train |\u001B[39m ready', '\u001B[36mhead-0 Train |\u001B[39m again', '',
    ]);
    expect((await cli.orch(['logs', id], { environment })).out).toContain('head-0 Train | red\tandgone\n');
  });

  it('filters by node, step, time and pattern', async () => {
    write('head-0', 0, 'loss 3.1');
    write('head-0', 60, 'loss 2.9');
    write('head-0', 61, 'saved', 'Save');
    write('workers-0', 62, 'loss 2.8');
    cli.api.clock.advance(90_000);
    const logs = async (...words: string[]) => (await cli.orch(['logs', id, ...words], { environment })).out.split('\n').slice(0, -1).map((line) => line.split('| ')[1]);
    expect(await logs('--node', 'head-0')).toEqual(['loss 3.1', 'loss 2.9', 'saved']);
    expect(await logs('--step', 'Save')).toEqual(['saved']);
    expect(await logs('--node', 'head-0', '--node', 'workers-0', '--step', 'Train')).toEqual(['loss 3.1', 'loss 2.9', 'loss 2.8']);
    expect(await logs('--node', 'head-0,workers-1', '--step', 'Save', '--step', 'Train')).toEqual(['loss 3.1', 'loss 2.9', 'saved']);
    expect(await logs('--since', '1m')).toEqual(['loss 2.9', 'saved', 'loss 2.8']);
    expect(await logs('--since', '2023-11-14T22:14:22Z')).toEqual(['loss 2.8']);
    expect(await logs('--grep', String.raw`loss 2\.\d`)).toEqual(['loss 2.9', 'loss 2.8']);
  });

  it('gives programs all of a line, in letters on which no terminal acts', async () => {
    const message = 'a\u001B[2J\u009B2J\u202Eb \u007F\u0000ü漢';
    write('head-0', 0, message);
    const { out } = await cli.orch(['logs', id, '--json'], { environment });
    expect((JSON.parse(out) as { readonly message: string }).message).toBe(message);
    expect(out).toMatch(/^[^\u0000-\u001F\u007F-\u009F\u202E]*\n$/);
  });

  it('looks for a pattern in what is seen, not in its colours', async () => {
    write('head-0', 0, '\u001B[31mERROR\u001B[0m 1');
    write('head-0', 1, 'no \u001B[31mERROR\u001B[0m');
    expect((await cli.orch(['logs', id, '--grep', '^ERROR 1$'], { environment })).out).toBe('head-0 Train | ERROR 1\n');
  });

  it('follows some nodes from a time on, in the order of their times', async () => {
    await cli.begin(id, 'CONFIGURING', 'RUNNING');
    write('head-0', 0, 'old');
    write('head-0', 62, 'one');
    write('workers-0', 63, 'two');
    cli.api.clock.advance(120_000);
    const late = (node: string, seconds: number, message: string): void => write(node, seconds - 120, message);
    const meanwhile = oneAfterTheOther(() => {
      late('workers-1', 64, 'not asked for');
      late('head-0', 64, 'four');
      late('workers-0', 62.5, 'between');
    }, async () => cli.move(id, ['SUCCEEDED', 'POST_RUN', 'DESTROYING', 'DONE']));
    const { out } = await cli.orch(['logs', '-f', id, '--since', '1m', '--node', 'head-0', '--node', 'workers-0'], { environment, meanwhile });
    expect(out.split('\n').slice(0, -1).map((text) => text.split('| ')[1])).toEqual(['one', 'between', 'two', 'four']);
  });

  it('follows until the job has ended, each line once', async () => {
    await cli.begin(id, 'CONFIGURING', 'RUNNING');
    write('head-0', 0, 'one');
    const meanwhile = oneAfterTheOther(() => write('head-0', 1, 'two'), async () => {
      write('head-0', 2, 'three');
      await cli.move(id, ['SUCCEEDED', 'POST_RUN', 'DESTROYING', 'DONE']);
    });
    expect((await cli.orch(['logs', '-f', id], { environment, meanwhile })).out).toBe('head-0 Train | one\nhead-0 Train | two\nhead-0 Train | three\n');
  });

  it.each([
    [['--since', 'yesterday'], 'It must be a time such as'],
    [['--grep', '('], 'Invalid regular expression'],
    [['--attempt', 'x'], 'It must be a whole number from 1.'],
    [['--node', 'HEAD'], 'must be the name of a node'],
  ])('refuses %j', async (words, message) => {
    const { exitCode, err } = await cli.orch(['logs', id, ...words], { environment });
    expect(exitCode).toBe(2);
    expect(err).toContain(message);
  });
});
