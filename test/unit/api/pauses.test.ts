import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { anApi } from '../../builders/api.ts';
import { silenceLogs } from '../../builders/logs.ts';

let api: ReturnType<typeof anApi>;

beforeAll(silenceLogs);
beforeEach(() => { api = anApi(); });

type Change = 'pauseQueue' | 'resumeQueue';
const send = (what: Change, scope: object, reason: unknown = 'maintenance') => api.call(what, { body: JSON.stringify({ scope, reason }) });

const queue = { kind: 'queue' };
const scopes = [
  [queue, 'the queue', 'queue'],
  [{ kind: 'namespace', namespace: 'research' }, 'namespace research', 'namespace/research'],
  [{ kind: 'market', market: 'spot' }, 'market spot', 'market/spot'],
  [{ kind: 'offering', instanceType: 'c6i.large', zone: 'us-east-1a', market: 'on-demand' }, 'offering c6i.large/us-east-1a/on-demand', 'offering/c6i.large/us-east-1a/on-demand'],
] as const;

describe('POST /v1/queue/pause and /v1/queue/resume', () => {
  it.each(scopes)('holds back %j and lets it go on, with who and why on record', async (scope, text, target) => {
    expect(await send('pauseQueue', scope)).toMatchObject({ status: 200, body: { scope: text, by: 'alice', reason: 'maintenance' } });
    expect((await api.call('getQueue')).body.pauses).toEqual([expect.objectContaining({ scope: text, by: 'alice', reason: 'maintenance' })]);
    api.clock.advance(1);
    expect(await send('resumeQueue', scope, 'over')).toMatchObject({ status: 200, body: { scope: text, resumed: true } });
    expect((await api.call('getQueue')).body.pauses).toEqual([]);
    const entries = (await api.call('listAudit')).body.items.map(({ action, by, target: to, reason }) => ({ action, by, to, reason }));
    expect(entries).toEqual([{ action: 'Resumed', by: 'alice', to: target, reason: 'over' }, { action: 'Paused', by: 'alice', to: target, reason: 'maintenance' }]);
  });

  it('may be repeated: the last reason counts, and what is not paused goes on as it did', async () => {
    await send('pauseQueue', queue, 'first');
    expect((await send('pauseQueue', queue, 'second')).status).toBe(200);
    expect((await api.call('getQueue')).body.pauses).toEqual([expect.objectContaining({ reason: 'second' })]);
    await send('resumeQueue', queue);
    expect(await send('resumeQueue', queue)).toMatchObject({ status: 200, body: { resumed: false } });
    expect((await api.call('listAudit')).body.items).toHaveLength(3);
  });

  it.each([
    ['an unknown kind', { kind: 'zone' }, 'why'],
    ['a namespace that is none', { kind: 'namespace', namespace: 'No_One' }, 'why'],
    ['a namespace that is not served', { kind: 'namespace', namespace: 'reserch' }, 'why'],
    ['a zone that is not served', { kind: 'offering', instanceType: 'c6i.large', zone: 'us-east-1x', market: 'spot' }, 'why'],
    ['an instance type that EC2 does not offer', { kind: 'offering', instanceType: 'c6i.larg', zone: 'us-east-1a', market: 'spot' }, 'why'],
    ['a market that is none', { kind: 'market', market: 'Spot' }, 'why'],
    ['more than a scope has', { kind: 'queue', namespace: 'research' }, 'why'],
    ['no reason', queue, undefined],
    ['a blank reason', queue, ' \n'],
    ['a reason that is too long', queue, 'x'.repeat(501)],
    ['a reason that is no text', queue, 7],
  ])('refuses %s', async (_what, scope, reason) => {
    const { status, body } = await api.call('pauseQueue', { body: JSON.stringify({ scope, reason }) });
    expect([status, body.errors?.length]).toEqual([400, 1]);
    expect((await api.call('getQueue')).body.pauses).toEqual([]);
  });

  it('lets go on what is not served any more', async () => {
    expect(await send('resumeQueue', { kind: 'namespace', namespace: 'gone' })).toMatchObject({ status: 200, body: { resumed: false } });
  });

  it('lists the audit page by page', async () => {
    for (let n = 0; n < 5; n += 1) {
      api.clock.advance(1);
      await send('pauseQueue', queue, `reason ${n}`);
    }
    const first = await api.call('listAudit', { queryStringParameters: { limit: '3' } });
    const second = await api.call('listAudit', { queryStringParameters: { limit: '3', cursor: first.body.cursor ?? '' } });
    expect([...first.body.items, ...second.body.items].map(({ reason }) => reason)).toEqual(['reason 4', 'reason 3', 'reason 2', 'reason 1', 'reason 0']);
    expect(second.body.cursor).toBeUndefined();
  });
});
