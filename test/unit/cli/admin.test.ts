import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { silenceLogs } from '../../builders/logs.ts';
import { aUse } from '../../builders/scheduling.ts';
import { leafKey } from '../../fakes/in-memory-table.ts';
import { openOrch } from './orch.ts';

let cli: Awaited<ReturnType<typeof openOrch>>;

beforeAll(silenceLogs);
beforeEach(async () => { cli = await openOrch(); });
afterEach(async () => cli.close());

const reason = ['--reason', 'maintenance'];

describe('orch admin', () => {
  it.each([
    [['--queue'], 'the queue'],
    [['-n', 'research'], 'namespace research'],
    [['--market', 'spot'], 'market spot'],
    [['--offering', 'c6i.large/us-east-1a/spot'], 'offering c6i.large/us-east-1a/spot'],
  ])('pauses and resumes %j', async (scope, text) => {
    expect(await cli.orch(['admin', 'pause', ...scope, ...reason])).toEqual({ exitCode: 0, out: `${text} is paused: maintenance\n`, err: '' });
    expect(await cli.orch(['admin', 'resume', ...scope, ...reason])).toEqual({ exitCode: 0, out: `${text} goes on\n`, err: '' });
    expect((await cli.orch(['admin', 'resume', ...scope, ...reason])).out).toBe(`${text} was not paused\n`);
  });

  it.each([
    ['none', []],
    ['two', ['--queue', '--market', 'spot']],
    ['the queue and a namespace', ['--queue', '-n', 'research']],
  ])('wants one scope, not %s', async (_what, scope) => {
    const { exitCode, err } = await cli.orch(['admin', 'pause', ...scope, ...reason], { environment: { ORCH_NAMESPACE: 'research' } });
    expect([exitCode, err]).toEqual([2, 'orch: name one of --queue, -n NAMESPACE, --market MARKET and --offering TYPE/ZONE/MARKET\n']);
  });

  it.each([[['--market', 'Spot']], [['--offering', 'c6i.large/spot']], [['--offering', 'a/b/c/spot']], [['--queue']]])('refuses %j before it calls', async (words) => {
    const { exitCode, err } = await cli.orch(['admin', 'pause', ...words]);
    expect([exitCode, cli.served.arrived.length]).toEqual([2, 0]);
    expect(err).not.toBe('');
  });

  it('lists what was done, newest first, and no control characters with it', async () => {
    await cli.orch(['admin', 'pause', '--queue', '--reason', 'a\u001B[31m red\nline']);
    cli.api.clock.advance(1000);
    await cli.orch(['admin', 'resume', '--queue', '--reason', 'over']);
    const { out } = await cli.orch(['admin', 'audit']);
    expect(out.split('\n').map((line) => line.replace(/^\S+ +\S+ +/, '')).slice(1, 3)).toEqual(['192.0.2.7  Resumed  queue  over', '192.0.2.7  Paused   queue  a red line']);
    expect((await cli.orch(['admin', 'audit', '--limit', '1', '--json'])).out.trim().split('\n')).toHaveLength(1);
  });

  it('says so where nothing is on record', async () => {
    expect(await cli.orch(['admin', 'audit'])).toEqual({ exitCode: 0, out: '', err: 'nothing is on record\n' });
  });

  it('shows counters that are not what the jobs say, and puts them right', async () => {
    const use = aUse({ namespace: 'research', user: 'alice', runningJobs: 2 });
    cli.api.table.uses.set(leafKey(use), use);
    const found = await cli.orch(['admin', 'recount']);
    expect(found.out).toMatch(/NAMESPACE +USER +AMOUNT +COUNTED +ACTUAL +REPAIRED\nresearch +alice +runningJobs +2 +0 +no\n/);
    expect(found.err).toBe('orch admin recount --repair --reason "…" puts right what is wrong\n');
    expect((await cli.orch(['admin', 'recount', '--repair', '--reason', 'a drill'])).err).toBe('all has been put right\n');
    expect((await cli.orch(['admin', 'recount'])).out).toBe('all counters are right\n');
  });

  it('compares counters with jobs, and repairs them for a reason only', async () => {
    expect(await cli.orch(['admin', 'recount'])).toEqual({ exitCode: 0, out: 'all counters are right\n', err: '' });
    expect(await cli.orch(['admin', 'recount', '--repair'])).toMatchObject({ exitCode: 2, err: 'orch: a repair needs a reason: add --reason TEXT\n' });
  });
});
