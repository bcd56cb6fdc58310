import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { cooldownOf } from '../../../core/capacity/pauses.ts';
import { epochMs } from '../../../core/job/ids.ts';
import { silenceLogs } from '../../builders/logs.ts';
import { openOrch } from './orch.ts';

let cli: Awaited<ReturnType<typeof openOrch>>;

beforeAll(silenceLogs);
beforeEach(async () => { cli = await openOrch(); });
afterEach(async () => cli.close());

function heldBack(): void {
  const { table, clock } = cli.api;
  const offering = { instanceType: 'm6i.large', zone: 'us-east-1a', market: 'spot' } as const;
  table.cooldowns.set('offering', {
    scope: { kind: 'offering', offering }, code: 'InsufficientInstanceCapacity', atLeast: 4, failures: 3, sinceMs: epochMs(clock.now() - 90_000), untilMs: epochMs(clock.now() + 45_000),
  });
  table.cooldowns.set('market', cooldownOf({ scope: { kind: 'market', market: 'on-demand' }, by: 'ops', reason: 'budget', atMs: clock.now() }));
}

describe('orch capacity', () => {
  it('says what is known, and that nothing is held back', async () => {
    const { exitCode, out } = await cli.orch(['capacity']);
    expect(exitCode).toBe(0);
    expect(out).toBe(`2023-11-14T22:13:20Z  us-east-1

Everything may be tried: nothing cools, nothing is paused.

ZONE        SUBNET    FREE ADDRESSES
us-east-1a  subnet-a  ?
us-east-1b  subnet-b  ?
us-east-1c  subnet-c  ?

not known: free addresses: nobody has said it
not known: account quotas: nobody has said it
`);
  });

  it('says what is held back until when, and where a type could be had', async () => {
    heldBack();
    const { knowledge } = cli.api;
    knowledge.addresses = new Map([['subnet-a', 4091], ['subnet-b', 12]]);
    knowledge.quotas = new Map([['Standard/spot', 640], ['Standard/on-demand', 256], ['P/spot', 0]]);
    knowledge.bands = new Map([['m6i.large', '5-10%']]);
    const { out } = await cli.orch(['capacity', '--type', 'm6i.large', '-z', 'us-east-1a', '-z', 'us-east-1b']);
    expect(out).toBe(`2023-11-14T22:13:20Z  us-east-1

NOT TRIED                           SINCE    UNTIL    FAILURES  WHY
paused/market/on-demand             0s ago   resumed         0  ops has paused it: budget
offering/m6i.large/us-east-1a/spot  90s ago  in 45s          3  InsufficientInstanceCapacity, 4 nodes or more

TYPE       ZONE        MARKET     USD/H   TAKEN BACK  NOW
m6i.large  us-east-1a  spot       0.0320  5-10%       InsufficientInstanceCapacity, 4 nodes or more, 45s more
m6i.large  us-east-1a  on-demand  0.0960              Paused
m6i.large  us-east-1b  spot       0.0320  5-10%       may be tried
m6i.large  us-east-1b  on-demand  0.0960              Paused

ZONE        SUBNET    FREE ADDRESSES
us-east-1a  subnet-a            4091
us-east-1b  subnet-b              12

QUOTA OF THE ACCOUNT  VCPUS ON SPOT  VCPUS ON DEMAND
P                                 0  ?
Standard                        640  256
`);
  });

  it('hands a program all of it', async () => {
    heldBack();
    const { out } = await cli.orch(['capacity', '--json', '--type', 'm6i.large,g5.xlarge']);
    expect(JSON.parse(out)).toMatchObject({ region: 'us-east-1', cooling: [{ kind: 'pausedMarket' }, { kind: 'offering' }], types: [{ instanceType: 'm6i.large' }, { instanceType: 'g5.xlarge' }] });
  });

  it.each([
    [['capacity', '--type', 'm6i.large,'], 'It must be names, separated by commas.'],
    [['capacity', '--type', 'm6i.lrage'], 'this deployment serves no instance type m6i.lrage; did you mean m6i.large?'],
    [['capacity', '--zone', 'us-east-1z'], 'it serves: us-east-1a, us-east-1b, us-east-1c'],
  ])('refuses %j', async (words, message) => {
    const { exitCode, out, err } = await cli.orch(words);
    expect([exitCode, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });
});
