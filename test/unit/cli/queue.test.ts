import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { cooldownOf } from '../../../core/capacity/pauses.ts';
import { epochMs } from '../../../core/job/ids.ts';
import { defaultShareTree, type ShareTree } from '../../../core/shares/share-tree.ts';
import { silenceLogs } from '../../builders/logs.ts';
import { aManifestText } from '../../builders/manifest.ts';
import { aNamespace } from '../../builders/scheduling.ts';
import { openOrch } from './orch.ts';

let cli: Awaited<ReturnType<typeof openOrch>>;
let first: string;
let second: string;

const submit = async (): Promise<string> => (await cli.orch(['submit', '-'], { input: aManifestText() })).out.trim();

function share(fields: Partial<ShareTree>): void {
  const { table, clock } = cli.api;
  table.shareVersions.push({ version: 1, tree: { ...defaultShareTree, ...fields }, document: {}, appliedBy: 'ops', appliedAtMs: clock.now() });
}

beforeAll(silenceLogs);
beforeEach(async () => {
  cli = await openOrch();
  first = await submit();
  cli.api.clock.advance(60_000);
  second = await submit();
  share({ limits: { nodes: 8 }, namespaces: [aNamespace('research', { weight: 3 })] });
});
afterEach(async () => cli.close());

describe('orch explain', () => {
  it('says why a job waits, where it stands and what would change that', async () => {
    const { exitCode, out } = await cli.orch(['explain', second]);
    expect(exitCode).toBe(0);
    expect(out).toBe(`job        ${second}
user       alice
state      PENDING
why        The deployment holds 5 of 8 nodes; it asks for 5 nodes. (LimitReached)
starts by  2023-11-14T23:59:20Z, if all that runs ends in its time and nothing comes before it
place      1 job of the same user before it; priority 500, band 5, 6 from 2023-11-16T22:14:20Z on

What would change that
  It may start when jobs of the deployment have given back 2 nodes.
  It would fit with 3 nodes or less.
  An administrator can raise the limit of nodes of the deployment.

SHARE       WEIGHT  PENDING  JOBS  NODES  GPUS  USD/H  USED  ENTITLED  FIRST WAITS FOR
deployment                2  0/10  0/8    0     0
  research  3             2  0     0      0     0      0%    100%
    alice   1             2  0     0      0     0      0%    100%
`);
  });

  it('names what is not tried for now', async () => {
    const { table, clock } = cli.api;
    const untilMs = epochMs(clock.now() + 60_000);
    const quota = { kind: 'quota', family: 'Standard', region: 'us-east-1', market: 'spot' } as const;
    table.cooldowns.set('quota', { scope: quota, code: 'MaxSpotInstanceCountExceeded', atLeast: 4, failures: 1, sinceMs: clock.now(), untilMs });
    table.cooldowns.set('market', cooldownOf({ scope: { kind: 'market', market: 'on-demand' }, by: 'ops', reason: 'budget', atMs: clock.now() }));
    const { out } = await cli.orch(['explain', first]);
    expect(out).toContain('ops has paused market on-demand: budget (Paused)');
    expect(out).toContain(`NOT TRIED                      CODE                          UNTIL                 NODES
paused/market/on-demand        Paused                        resumed
quota/us-east-1/Standard/spot  MaxSpotInstanceCountExceeded  2023-11-14T22:15:20Z  4 or more
`);
  });

  it('is one line of JSON for programs', async () => {
    const { out } = await cli.orch(['explain', second, '--json']);
    expect(JSON.parse(out)).toMatchObject({ code: expect.any(String), hints: expect.any(Array), place: { ownJobsBefore: 1 } });
  });

  it('tells what is not a job apart from one that is not there', async () => {
    expect(await cli.orch(['explain', 'nonsense'])).toMatchObject({ exitCode: 2 });
    expect((await cli.orch(['explain', 'research/01jd8x2z5k3m9q7w4t6v8y0abc'])).err).toContain('There is no job');
  });
});

describe('orch queue', () => {
  it('shows totals, shares and the next jobs with what holds them', async () => {
    cli.api.table.pauses.set('namespace/vision', { scope: { kind: 'namespace', namespace: 'vision' }, by: 'ops', reason: 'audit', atMs: cli.api.clock.now() });
    expect((await cli.orch(['queue'])).out).toBe(`2023-11-14T22:14:20Z  2 pending, 0 running, 0 parked, 0 of 25 launches in flight
paused: namespace vision, by ops: audit

SHARE       WEIGHT  PENDING  JOBS  NODES  GPUS  USD/H  USED  ENTITLED  FIRST WAITS FOR
deployment                2  0/10  0/8    0     0                      LimitReached
  research  3             2  0     0      0     0      0%    100%      LimitReached
    alice   1             2  0     0      0     0      0%    100%      LimitReached

NEXT  JOB                                  USER   PRIORITY  BAND  NODES  GPUS  AGE  WHY IT WAITS
   1  ${first}  alice       500     5      5     0  60s  It may start: the scheduler takes it next.
   2  ${second}  alice       500     5      5     0  0s   The deployment holds 5 of 8 nodes; it asks for 5 nodes.
`);
  });

  it('shows what concerns a namespace, each job with its place among all', async () => {
    share({ limits: { nodes: 8 }, namespaces: [aNamespace('research', { weight: 3 }), aNamespace('vision', { weight: 1 })] });
    cli.api.clock.advance(60_000);
    const other = (await cli.orch(['submit', '-'], { input: aManifestText({ namespace: 'vision' }) })).out.trim();
    const { out } = await cli.orch(['queue', '-n', 'vision']);
    expect(out).toContain('3 pending');
    expect(out).not.toContain('research');
    expect(out).toMatch(/\ndeployment .+\n +vision .+\n +alice .+\n\nNEXT +JOB/);
    const place = ((await cli.orch(['queue'])).out.match(/(\d+) +vision\//) ?? [])[1];
    expect(out).toMatch(new RegExp(`\\n +${place}  ${other} [^\\n]+\\n$`));
    const told = async (namespace: string): Promise<unknown> => JSON.parse((await cli.orch(['queue', '-n', namespace, '--limit', '1', '--json'])).out);
    expect(await told('vision')).toMatchObject({ namespace: 'vision', jobs: [{ namespace: 'vision' }], places: [Number(place)], hasMoreJobs: false });
    expect(await told('research')).toMatchObject({ jobs: [{ namespace: 'research' }], hasMoreJobs: true });
    expect(out).not.toContain('has no share');
  });

  it('says where there is nothing of a namespace', async () => {
    const { out } = await cli.orch(['queue', '-n', 'nobodys']);
    expect(out).toMatch(/\n\nNamespace nobodys has no share here, and no job among the first that wait\.\n$/);
  });

  it('lists as many jobs as it is asked for', async () => {
    expect((await cli.orch(['queue', '--limit', '1'])).out).toContain('… and more jobs');
    expect(await cli.orch(['queue', '--limit', '101'])).toMatchObject({ exitCode: 2, err: expect.stringContaining('It must be a whole number from 0 to 100.') });
  });

  it('draws over itself on a terminal until Ctrl-C', async () => {
    const interruption = new AbortController();
    const shown: string[] = [];
    const meanwhile = async (): Promise<void> => {
      if (shown.length === 2) return interruption.abort();
      await cli.orch(['cancel', second]);
    };
    const ran = await cli.orch(['queue', '--watch'], { screen: (text) => { shown.push(text); }, signal: interruption.signal, meanwhile });
    expect(ran).toEqual({ exitCode: 0, out: '', err: '' });
    expect(shown.map((text) => /\d+ pending/.exec(text)?.[0])).toEqual(['2 pending', '1 pending']);
  });

  it('prints once where nothing can be drawn over, and for programs', async () => {
    expect((await cli.orch(['queue', '--watch'])).out).toContain('2 pending');
    expect(JSON.parse((await cli.orch(['queue', '--watch', '--json'])).out)).toMatchObject({ pending: 2 });
  });
});
