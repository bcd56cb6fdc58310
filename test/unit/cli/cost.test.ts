import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { costReport, type CostedJob } from '../../../cli/src/cost/cost-report.ts';
import { microUsd } from '../../../core/job/ids.ts';
import type { PoolCost } from '../../../core/job/job.ts';
import { silenceLogs } from '../../builders/logs.ts';
import { aManifestText } from '../../builders/manifest.ts';
import { openOrch } from './orch.ts';

let cli: Awaited<ReturnType<typeof openOrch>>;

const DAY_MS = 86_400_000;

const spot = (usd: number): PoolCost => ({ pool: 'workers', market: 'spot', nodes: 2, seconds: 7200, microUsd: microUsd(usd * 1e6), savedMicroUsd: microUsd(usd * 2e6) });
const head: PoolCost = { pool: 'head', market: 'on-demand', nodes: 1, seconds: 3600, microUsd: microUsd(1_000_000), savedMicroUsd: microUsd(0) };

const submit = async (): Promise<string> => (await cli.orch(['submit', '-'], { input: aManifestText() })).out.trim().replace(/^research\//, '');

async function ended(cost: readonly PoolCost[], labels: Readonly<Record<string, string>> = {}): Promise<string> {
  const id = await submit();
  await cli.alter(id, { state: 'DONE', outcome: 'SUCCEEDED', cost, labels });
  return id;
}

const cost = (...words: readonly string[]) => cli.orch(['cost', '-n', 'research', ...words]);
const rowsOf = (out: string): unknown => (JSON.parse(out) as { readonly rows: unknown }).rows;

beforeAll(silenceLogs);
beforeEach(async () => {
  cli = await openOrch();
});
afterEach(async () => cli.close());

describe('orch cost', () => {
  it('adds up by a label, the dearest first, with what Spot saved and what still runs', async () => {
    await ended([head, spot(2)], { 'cost-center': 'physics' });
    await ended([head, spot(5)], { 'cost-center': 'biology' });
    await ended([head], { 'cost-center': 'physics' });
    await ended([head]);
    const running = await submit();
    await cli.begin(running, 'CONFIGURING', 'RUNNING');
    await cli.alter(running, { labels: { 'cost-center': 'biology' } });
    await cli.addNode(running);
    cli.api.clock.advance(3_600_000 * 2);
    const { exitCode, out, err } = await cost('--by', 'label:cost-center');
    expect(exitCode).toBe(0);
    expect(out).toBe([
      'COST-CENTER  JOBS  NODE-HOURS    USD    SHARE  SPOT SAVED  OF IT RUNNING',
      'biology         2        5.00   6.19   55.3 %       10.00           0.19',
      'physics         2        4.00   4.00   35.7 %        4.00           0.00',
      '(none)          1        1.00   1.00    8.9 %        0.00           0.00',
      'total           5        10.0  11.19  100.0 %       14.00           0.19',
      '',
    ].join('\n'));
    expect(err).toContain('no volumes, traffic, discounts or taxes');
  });

  it('counts jobs by when they were submitted, and no rehearsals', async () => {
    await ended([spot(100)]);
    cli.api.clock.advance(10 * DAY_MS);
    const until = new Date(cli.api.clock.now() + DAY_MS).toISOString();
    await ended([spot(1)]);
    await cli.alter(await ended([spot(7)]), { provider: 'simulated' });
    cli.api.clock.advance(2 * DAY_MS);
    await ended([spot(10)]);
    expect(rowsOf((await cost('--since', '5d', '--json')).out)).toMatchObject([{ key: 'alice', jobs: 2, usd: 11 }]);
    expect(rowsOf((await cost('--since', '5d', '--until', until, '--json')).out)).toMatchObject([{ key: 'alice', jobs: 1, usd: 1 }]);
    expect(rowsOf((await cost('--json')).out)).toMatchObject([{ jobs: 3, usd: 111 }]);
    expect((await cost()).err).toContain('1 rehearsal left out');
  });

  it('tells markets apart within jobs, and counts a job once in the whole', async () => {
    await ended([head, spot(3)]);
    const { rows, total } = JSON.parse((await cost('--by', 'market', '--json')).out) as ReturnType<typeof costReport>;
    expect(rows).toMatchObject([{ key: 'spot', jobs: 1, nodeHours: 2, usd: 3, savedUsd: 6, share: 0.75 }, { key: 'on-demand', jobs: 1, nodeHours: 1, usd: 1, share: 0.25 }]);
    expect(total).toMatchObject({ jobs: 1, nodeHours: 3, usd: 4 });
  });

  it('writes a table for spreadsheets that takes no label for a formula', async () => {
    await ended([head], { team: '=HYPERLINK("http://x"),1' });
    const { out } = await cost('--by', 'label:team', '--csv');
    expect(out).toBe('team,jobs,node_hours,usd,share,saved_usd,running_jobs,running_usd\r\n"\'=HYPERLINK(""http://x""),1",1,1,1,1,0,0,0\r\n');
  });

  it('goes through all namespaces that the queue knows', async () => {
    await ended([head]);
    await submit();
    expect(rowsOf((await cli.orch(['cost', '--all', '--by', 'namespace', '--json'])).out)).toMatchObject([{ key: 'research', jobs: 2, usd: 1 }]);
  });

  it('has nothing to add up where there are no jobs', async () => {
    const { exitCode, out } = await cost('--by', 'user');
    expect([exitCode, out.split('\n').length]).toEqual([0, 3]);
    expect(out).toMatch(/^USER .*\ntotal +0 +0\.00 +0\.00 +0\.0 % +0\.00 +0\.00\n$/);
  });

  it.each([
    [['--by', 'colour'], 'label:NAME'],
    [['--by', 'label:'], 'label:NAME'],
    [['--since', 'yesterday'], 'how long ago'],
    [['--csv', '--json'], 'take one'],
  ])('refuses %j', async (words, message) => {
    const { exitCode, err } = await cost(...words);
    expect(exitCode).not.toBe(0);
    expect(err).toContain(message);
  });
});

describe('a sum over jobs', () => {
  it('is the same whatever it is told apart by, but that markets share jobs', () => {
    const amount = fc.integer({ min: 0, max: 1e9 }).map((micro) => micro / 1e6);
    const job = fc.record({
      job: fc.record({
        namespace: fc.constantFrom('a', 'b'), user: fc.constantFrom('ada', 'constructor'),
        labels: fc.dictionary(fc.constantFrom('team', 'toString'), fc.constantFrom('x', 'y')),
        manifest: fc.constant({ name: 'cluster', version: 1, digest: 'd' }),
      }),
      goesOn: fc.boolean(),
      cost: fc.array(fc.record({ pool: fc.constantFrom('p', 'q'), market: fc.constantFrom('spot' as const, 'on-demand' as const), nodes: fc.nat(9), nodeHours: amount, usd: amount, savedUsd: amount }), { maxLength: 3 })
        .map((byPool) => {
          const sum = (name: 'nodes' | 'nodeHours' | 'usd' | 'savedUsd'): number => byPool.reduce((all, pool) => all + pool[name], 0);
          return { nodes: sum('nodes'), nodeHours: sum('nodeHours'), usd: sum('usd'), savedUsd: sum('savedUsd'), byPool };
        }),
    });
    fc.assert(fc.property(fc.array(job, { maxLength: 20 }), (jobs: readonly CostedJob[]) => {
      const { total } = costReport(jobs, { kind: 'user' });
      for (const by of [{ kind: 'user' }, { kind: 'namespace' }, { kind: 'manifest' }, { kind: 'market' }, { kind: 'label', label: 'toString' }] as const) {
        const report = costReport(jobs, by);
        expect(report.total).toEqual(total);
        for (const name of ['nodeHours', 'usd', 'savedUsd', 'runningUsd'] as const) {
          expect(report.rows.reduce((sum, row) => sum + row[name], 0)).toBeCloseTo(total[name], 4);
        }
        if (by.kind !== 'market') expect(report.rows.reduce((sum, row) => sum + row.jobs, 0)).toBe(jobs.length);
        if (total.usd > 0) expect(report.rows.reduce((sum, row) => sum + row.share, 0)).toBeCloseTo(1, 6);
      }
    }));
  });
});
