import { beforeAll, describe, expect, it } from '@jest/globals';
import { QuotaExceededError } from '../../../core/errors/orchestrator-error.ts';
import { enter } from '../../../core/lifecycle/enter.ts';
import { admit } from '../../../core/lifecycle/admit.ts';
import type { JobState } from '../../../core/lifecycle/states.ts';
import type { LogQuery } from '../../../core/ports/job-logs.ts';
import { anApi } from '../../builders/api.ts';
import { silenceLogs } from '../../builders/logs.ts';
import { aManifestText } from '../../builders/manifest.ts';

type Api = ReturnType<typeof anApi>;

beforeAll(silenceLogs);

async function submitted(api: Api): Promise<string> {
  return (await api.call('submitJob', { body: aManifestText() })).body.jobId;
}

/** What a read of the log of a job asks for that has gone this way. */
async function askedOf(path: readonly JobState[]): Promise<{ readonly query: LogQuery; readonly nowMs: number }> {
  const asked: LogQuery[] = [];
  const api = anApi({
    read: async (query) => {
      asked.push(query);
      return { items: [] };
    },
  });
  const id = await submitted(api);
  await api.jobs.commit(admit(await api.get(id), {}, api.clock.now()));
  const change = enter(await api.get(id), undefined, path, undefined, api.clock.now());
  if (change !== undefined) await api.jobs.commit(change);
  expect(await api.call('readLogs', { params: { jobId: id }, queryStringParameters: { limit: '10000' } })).toMatchObject({ status: 200 });
  const [query] = asked;
  if (query === undefined) throw new Error('nothing was asked for');
  return { query, nowMs: api.clock.now() };
}

describe('reading the log of a job', () => {
  it('is refused for a while where it is read too often: not as a fault of the service', async () => {
    const api = anApi({ read: () => Promise.reject(new QuotaExceededError('Too many calls.', { retryAfterSeconds: 5 })) });
    const answer = await api.call('readLogs', { params: { jobId: await submitted(api) } });
    expect(answer).toMatchObject({ status: 429, headers: { 'retry-after': '5' }, body: { detail: 'Too many calls.' } });
  });

  it('looks for lines until some minutes after the end of the job', async () => {
    const { query, nowMs } = await askedOf(['CONFIGURING', 'RUNNING', 'RUN_FAILED', 'POST_RUN', 'DESTROYING', 'DONE']);
    expect(query.untilMs).toBeGreaterThan(nowMs + 60_000);
    expect(query.untilMs).toBeLessThan(nowMs + 3_600_000);
  });

  it.each([[['CONFIGURING', 'RUNNING']], [['CONFIGURING', 'RUNNING', 'RUN_FAILED', 'POST_RUN', 'DESTROYING', 'DESTRUCTION_FAILED']]] as const)('has no end while machines may write: %j', async (path) => {
    expect((await askedOf(path)).query).not.toHaveProperty('untilMs');
  });
});
