import { beforeAll, describe, expect, it } from '@jest/globals';
import { cooldownOf } from '../../../core/capacity/pauses.ts';
import type { Cooldown, CooldownScope, Offering } from '../../../core/capacity/offering.ts';
import { scopeKey } from '../../../core/capacity/offering.ts';
import { epochMs, jobId } from '../../../core/job/ids.ts';
import { anApi } from '../../builders/api.ts';
import { silenceLogs } from '../../builders/logs.ts';

type Api = ReturnType<typeof anApi>;

beforeAll(silenceLogs);

function cool(api: Api, scope: CooldownScope, fields: Partial<Cooldown> = {}): void {
  const nowMs = api.clock.now();
  api.table.cooldowns.set(scopeKey(scope), { scope, code: 'InsufficientInstanceCapacity', failures: 2, sinceMs: epochMs(nowMs - 1000), untilMs: epochMs(nowMs + 60_000), ...fields });
}
const offering = (fields: Partial<Offering> = {}): CooldownScope => ({ kind: 'offering', offering: { instanceType: 'm6i.large', zone: 'us-east-1a', market: 'spot', ...fields } });
const capacity = async (api: Api, query: Readonly<Record<string, string>> = {}) => (await api.call('getCapacity', { queryStringParameters: query })).body;

describe('getCapacity', () => {
  it('shows zones and quotas, and names what nobody could say', async () => {
    const api = anApi();
    expect(await capacity(api)).toMatchObject({
      region: 'us-east-1', cooling: [], hasMoreCooling: false, types: [], quotas: [], reservations: [],
      zones: [{ zone: 'us-east-1a', subnetId: 'subnet-a' }, { zone: 'us-east-1b', subnetId: 'subnet-b' }, { zone: 'us-east-1c', subnetId: 'subnet-c' }],
      unknown: [{ what: 'free addresses', why: 'nobody has said it' }, { what: 'account quotas', why: 'nobody has said it' }],
    });
    api.knowledge.addresses = new Map([['subnet-a', 250]]);
    api.knowledge.quotas = new Map([['P/spot', 384], ['P/on-demand', 96]]);
    expect(await capacity(api)).toMatchObject({
      zones: [{ zone: 'us-east-1a', freeAddresses: 250 }, { zone: 'us-east-1b' }, { zone: 'us-east-1c' }],
      quotas: [{ family: 'P', market: 'on-demand', vcpus: 96 }, { family: 'P', market: 'spot', vcpus: 384 }],
      unknown: [],
    });
  });

  it('shows what cools until when and why, pauses first, and whose job probes to nobody', async () => {
    const api = anApi();
    cool(api, offering(), { atLeast: 4, probedBy: jobId('01hjob0000000000000000000a') });
    cool(api, { kind: 'account', region: 'us-east-1' }, { code: 'RequestLimitExceeded', untilMs: epochMs(api.clock.now() + 5000) });
    cool(api, offering({ zone: 'us-east-1b' }), { untilMs: api.clock.now() });
    const paused = cooldownOf({ scope: { kind: 'market', market: 'spot' }, by: 'ada', reason: 'prices', atMs: api.clock.now() });
    api.table.cooldowns.set('paused', paused);
    const { cooling } = await capacity(api);
    expect(cooling).toEqual([
      { kind: 'pausedMarket', scope: 'paused/market/spot', code: 'Paused', failures: 0, since: '2023-11-14T22:13:20.000Z', isProbed: false, pausedBy: { by: 'ada', reason: 'prices' } },
      { kind: 'offering', scope: 'offering/m6i.large/us-east-1a/spot', code: 'InsufficientInstanceCapacity', atLeast: 4, failures: 2, since: '2023-11-14T22:13:19.000Z', until: '2023-11-14T22:14:20.000Z', isProbed: true },
      { kind: 'account', scope: 'account/us-east-1', code: 'RequestLimitExceeded', failures: 2, since: '2023-11-14T22:13:19.000Z', until: '2023-11-14T22:13:25.000Z', isProbed: false },
    ]);
    expect(JSON.stringify(cooling)).not.toContain('01hjob');
  });

  it('shows of the types that are asked for where they could be had, at what price, and what holds them back', async () => {
    const api = anApi();
    api.knowledge.bands = new Map([['m6i.large', '<5%']]);
    cool(api, offering(), { atLeast: 4 });
    cool(api, offering({ instanceType: 'g5.xlarge' }));
    cool(api, { kind: 'quota', family: 'Standard', region: 'us-east-1', market: 'on-demand' }, { code: 'VcpuLimitExceeded' });
    cool(api, { kind: 'quota', family: 'P', region: 'us-east-1', market: 'on-demand' }, { code: 'VcpuLimitExceeded' });
    const { types, cooling } = await capacity(api, { instanceType: 'm6i.large', zone: 'us-east-1b,us-east-1a' });
    expect(types).toEqual([
      expect.objectContaining({
        instanceType: 'm6i.large', vcpus: 2, interruptions: '<5%',
        offerings: [
          { zone: 'us-east-1a', market: 'spot', usdPerHour: 0.032, cooling: { code: 'InsufficientInstanceCapacity', atLeast: 4, until: '2023-11-14T22:14:20.000Z' } },
          { zone: 'us-east-1a', market: 'on-demand', usdPerHour: 0.096, cooling: { code: 'VcpuLimitExceeded', until: '2023-11-14T22:14:20.000Z' } },
          { zone: 'us-east-1b', market: 'spot', usdPerHour: 0.032 },
          { zone: 'us-east-1b', market: 'on-demand', usdPerHour: 0.096, cooling: { code: 'VcpuLimitExceeded', until: '2023-11-14T22:14:20.000Z' } },
        ],
      }),
    ]);
    expect(cooling.map(({ scope }) => scope)).toEqual(['offering/m6i.large/us-east-1a/spot', 'quota/us-east-1/Standard/on-demand']);
  });

  it('leaves out what cools in other zones', async () => {
    const api = anApi();
    cool(api, offering());
    cool(api, { kind: 'subnet', subnetId: 'subnet-a', zone: 'us-east-1a' });
    expect((await capacity(api, { zone: 'us-east-1b' })).cooling).toEqual([]);
  });

  it.each([
    [{ instanceType: 'm6i.lrage' }, 'query.instanceType', 'this deployment serves no instance type m6i.lrage', 'm6i.large'],
    [{ zone: 'us-east-1d' }, 'query.zone', 'this deployment serves no zone us-east-1d; it serves: us-east-1a, us-east-1b, us-east-1c', 'us-east-1a'],
  ])('names what there is instead of %j', async (query, path, message, suggestion) => {
    const { status, body } = await anApi().call('getCapacity', { queryStringParameters: query });
    expect([status, body.errors]).toEqual([400, [{ code: 'not-offered', path, message, value: Object.values(query)[0], suggestion }]]);
  });

  it('answers about so many types as a person asks about', async () => {
    const many = Array.from({ length: 21 }, (_, index) => `m${index}.large`).join();
    for (const instanceType of [many, ',', '']) expect((await anApi().call('getCapacity', { queryStringParameters: { instanceType } })).status).toBe(400);
  });
});
