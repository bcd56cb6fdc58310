import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { silenceLogs } from '../../builders/logs.ts';
import { aManifestText } from '../../builders/manifest.ts';
import { openOrch } from './orch.ts';

let cli: Awaited<ReturnType<typeof openOrch>>;
const environment = { ORCH_NAMESPACE: 'research' };

beforeAll(silenceLogs);
beforeEach(async () => { cli = await openOrch(); });
afterEach(async () => cli.close());

async function submitted(text = aManifestText()): Promise<string> {
  const { out } = await cli.orch(['submit', '-'], { input: text });
  return out.trim().split('/')[1] ?? '';
}

describe('orch get', () => {
  it('shows where a job is and why', async () => {
    const id = await submitted();
    const { exitCode, out } = await cli.orch(['get', `research/${id}`]);
    expect(exitCode).toBe(0);
    expect(out.replace(id, 'JOB').replace(/sha256:\w+/, 'sha256:…')).toBe(`job        research/JOB
manifest   cluster v1, sha256:…
state      PENDING
waits      Nothing holds it back by itself: it waits for its turn in the order.
attempt    1 of 1
user       alice
priority   500
labels     project=folding
nodes      5 asked for, runtime None
cost       0.00 USD so far, at most 0.48 USD/h
submitted  2023-11-14T22:13:20Z
dashboard  https://console.aws.amazon.com/cloudwatch/home?region=us-east-1#dashboards/dashboard/test-job?start=PT1H&end=null
`);
  });

  it('shows nodes and cost', async () => {
    const id = await submitted();
    await cli.begin(id, 'CONFIGURING', 'RUNNING');
    await cli.addNode(id);
    cli.api.clock.advance(3_600_000);
    const { out } = await cli.orch(['get', id.toUpperCase()], { environment });
    expect(out).toContain('cost         0.0960 USD so far for 1.00 node-hours, at most 0.48 USD/h\n');
    expect(out).toContain('\n\nNODE    RANK  POOL  TYPE       ZONE        MARKET     ADDRESS   INSTANCE             GONE\n'
      + 'head-0     0  head  m6i.large  us-east-1a  on-demand  10.0.0.4  i-0123456789abcdef0\n');
  });

  it('shows what the scheduler of the cluster said', async () => {
    const id = await submitted();
    const scheduler = { id: '12', state: 'COMPLETED', nodes: 'gpu-workers-[0-63]', restarts: 1 };
    await cli.alter(id, { runtime: 'Slurm', runtimeVersion: '22.05.8', scheduler });
    const { out } = await cli.orch(['get', id], { environment });
    expect(out).toContain('scheduler  Slurm job 12 on gpu-workers-[0-63], COMPLETED, 1 restart\n');
    expect(out).toContain(', runtime Slurm 22.05.8\n');
    expect(JSON.parse((await cli.orch(['get', id, '--json'], { environment })).out)).toMatchObject({ scheduler, runtimeVersion: '22.05.8' });
    await cli.alter(id, { scheduler: { id: '13', state: 'NODE_FAIL', nodes: '', reason: 'NodeDown', restarts: 0 } });
    expect((await cli.orch(['get', id], { environment })).out).toContain('scheduler  Slurm job 13, NODE_FAIL (NodeDown)\n');
  });

  it('colours for people only', async () => {
    const id = await submitted();
    const withColour = await cli.orch(['get', id], { environment, hasColour: true });
    expect(withColour.out).toContain('\u001B[36mPENDING\u001B[39m');
    for (const words of [['get', id, '--no-color'], ['get', id, '--json']]) {
      expect((await cli.orch(words, { environment, hasColour: true })).out).not.toContain('\u001B');
    }
  });

  it.each([
    [['get', 'nonsense'], 2, 'orch: "nonsense" is no job: it must be JOB, an id of 26 letters and digits, or NAMESPACE/JOB; "orch list" has them\n'],
    [['get', '/01hf7yat000000000000000000'], 2, expect.stringContaining('or NAMESPACE/JOB; "orch list" has them\n')],
    [['get', 'a/research/01hf7yat000000000000000000'], 2, expect.stringContaining('or NAMESPACE/JOB; "orch list" has them\n')],
    [['get', '01hf7yat000000000000000000'], 2, 'orch: no namespace is named: add -n NAMESPACE, or set ORCH_NAMESPACE\n'],
    [['get', 'research/01hf7yat000000000000000000'], 1, 'orch: There is no job 01hf7yat000000000000000000 in namespace research.\nrequest request-1, status 404\n'],
  ])('says why not: %j', async (words, exitCode, err) => {
    expect(await cli.orch(words)).toEqual({ exitCode, out: '', err });
  });
});

describe('orch list', () => {
  it('lists newest first', async () => {
    const first = await submitted();
    cli.api.clock.advance(150_000);
    const second = await submitted(aManifestText({ name: 'other' }));
    await cli.begin(first, 'CONFIGURING');
    const { out, err } = await cli.orch(['list'], { environment });
    expect(out).toBe(`JOB                         MANIFEST    STATE        OUTCOME  USER   NODES  PRIORITY  AGE
${second}  other v1    PENDING               alice      5       500  0s
${first}  cluster v1  CONFIGURING           alice      5       500  2m
`);
    expect(err).toBe('');
  });

  it('filters, and says when there are more', async () => {
    const ids = [await submitted(), await submitted(), await submitted()];
    await cli.begin(ids[0] ?? '', 'CONFIGURING');
    const list = async (...words: string[]) => {
      const { out, err } = await cli.orch(['list', '--json', ...words], { environment });
      return [out.split('\n').slice(0, -1).map((line) => (JSON.parse(line) as { jobId: string }).jobId), err];
    };
    expect(await list('--state', 'configuring')).toEqual([[ids[0]], '']);
    await cli.alter(ids[1] ?? '', { outcome: 'FAILED' });
    expect(await list('--outcome', 'failed')).toEqual([[ids[1]], '']);
    expect(await list('--outcome', 'SUCCEEDED')).toEqual([[], '']);
    expect(await list('--label', 'project=folding', '--user', 'alice', '--limit', '2')).toMatchObject([{ length: 2 }, '']);
    expect(await list('--user', 'nobody')).toEqual([[], '']);
    expect((await cli.orch(['list', '--limit', '2'], { environment })).err).toBe('the newest 2; --limit shows more\n');
    expect((await cli.orch(['list', '--limit', '3'], { environment })).err).toBe('');
  });

  it.each([
    [['list', '--state', 'LOST'], 'It must be one of PENDING, ACQUIRING_CAPACITY, '],
    [['list', '--outcome', 'LOST'], 'It must be one of SUCCEEDED, FAILED, '],
    [['list', '--label', 'project'], 'It must be KEY=VALUE.'],
    [['list', '--limit', '0'], 'It must be a whole number from 1.'],
    [['list', 'everything'], 'too many arguments'],
  ])('refuses %j', async (words, message) => {
    const { exitCode, out, err } = await cli.orch(words, { environment });
    expect([exitCode, out, cli.served.arrived.length]).toEqual([2, '', 0]);
    expect(err).toContain(message);
    expect(err).toMatch(/^orch: .+\n\(orch list --help says more\)\n$/);
  });
});

describe('what changes a job', () => {
  it('cancels, also twice', async () => {
    const id = await submitted();
    const cancelled = { exitCode: 0, out: `job ${id} is being cancelled, DONE CANCELLED\n`, err: '' };
    expect(await cli.orch(['cancel', id], { environment })).toEqual(cancelled);
    expect(await cli.orch(['cancel', id], { environment })).toEqual(cancelled);
  });

  it('moves a job in the queue, by number and by class', async () => {
    const id = await submitted();
    expect((await cli.orch(['priority', id, '0'], { environment })).out).toBe(`job ${id} has priority 0, PENDING\n`);
    expect((await cli.orch(['priority', id, 'urgent'], { environment })).out).toBe(`job ${id} has priority 900, PENDING\n`);
  });

  it('releases an interactive cluster', async () => {
    const id = await submitted();
    await cli.begin(id, 'CONFIGURING', 'RUNNING');
    expect((await cli.orch(['release', id], { environment })).out).toBe(`job ${id} is being released, RUNNING\n`);
    expect(JSON.parse((await cli.orch(['release', id, '--json'], { environment })).out)).toMatchObject({ jobId: id, releaseRequestedBy: 'alice' });
  });

  it('says why a job cannot be changed', async () => {
    const id = await submitted();
    await cli.begin(id, 'CONFIGURING', 'RUNNING');
    expect(await cli.orch(['priority', id, 'low'], { environment })).toEqual({
      exitCode: 1, out: '', err: 'orch: The job is RUNNING: priority orders the queue, and it has left it.\nrequest request-1, status 409\n',
    });
  });
});
