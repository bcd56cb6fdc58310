import { beforeAll, describe, expect, it } from '@jest/globals';
import { jobId } from '../../../core/job/ids.ts';
import { admit } from '../../../core/lifecycle/admit.ts';
import { anApi } from '../../builders/api.ts';
import { silenceLogs } from '../../builders/logs.ts';
import { move, submitted, type Api } from './moved.ts';

async function waits(api: Api, id: string, purpose: 'park' | 'step' | 'release'): Promise<void> {
  const { jobId: job, namespace, attempt } = await api.get(id);
  await api.attempts.putWait({ jobId: job, namespace, attempt, token: `token-${id}`, purpose, sinceMs: api.clock.now() });
}

describe('cancelJob', () => {
  beforeAll(silenceLogs);

  it('ends a job that waits in the queue, and takes a second cancel', async () => {
    const api = anApi();
    const id = await submitted(api);
    const first = await api.call('cancelJob', { params: { jobId: id } });
    const second = await api.call('cancelJob', { params: { jobId: id } });
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(first.body).toMatchObject({ state: 'DONE', outcome: 'CANCELLED', cancelRequestedBy: 'alice' });
    expect(second.body).toEqual(first.body);
    expect(api.table.queue.size).toBe(0);
  });

  it('marks a running job and answers the token that it waits for', async () => {
    const api = anApi();
    const id = await submitted(api);
    await move(api, id, 'CONFIGURING', 'RUNNING');
    await waits(api, id, 'step');
    const { status, body } = await api.call('cancelJob', { params: { jobId: id } });
    expect([status, body.state, body.cancelRequestedBy]).toEqual([202, 'RUNNING', 'alice']);
    expect(api.tokens.answers.get(`token-${id}`)).toMatchObject({ kind: 'cancelled' });
  });

  it('answers the token at the second cancel when the first got no further than the mark', async () => {
    const api = anApi();
    const id = await submitted(api);
    await move(api, id, 'CONFIGURING');
    await api.call('cancelJob', { params: { jobId: id } });
    await waits(api, id, 'step');
    await api.call('cancelJob', { params: { jobId: id } });
    expect(api.tokens.answers.get(`token-${id}`)).toMatchObject({ kind: 'cancelled' });
  });

  it('decides again when somebody else changed the job in between', async () => {
    const api = anApi();
    const id = await submitted(api);
    const get = api.jobs.get.bind(api.jobs);
    let raced = false;
    api.jobs.get = async (wanted) => {
      const job = await get(wanted);
      if (job !== undefined && !raced) {
        raced = true;
        await api.jobs.commit(admit(job, {}, api.clock.now()));
      }
      return job;
    };
    const { status, body } = await api.call('cancelJob', { params: { jobId: id } });
    expect([status, body.state]).toEqual([202, 'ACQUIRING_CAPACITY']);
  });

  it('is refused from DESTROYING on', async () => {
    const api = anApi();
    const id = await submitted(api);
    await move(api, id, 'CONFIGURING', 'RUNNING', 'SUCCEEDED', 'POST_RUN', 'DESTROYING');
    const { status, body } = await api.call('cancelJob', { params: { jobId: id } });
    expect([status, body.type]).toEqual([409, 'urn:orchestrator:problem:invalid-transition']);
  });
});

describe('releaseJob', () => {
  beforeAll(silenceLogs);

  it('ends an interactive cluster', async () => {
    const api = anApi();
    const id = await submitted(api);
    await move(api, id, 'CONFIGURING', 'RUNNING');
    await waits(api, id, 'release');
    const { status } = await api.call('releaseJob', { params: { jobId: id } });
    expect(status).toBe(202);
    expect(api.tokens.answers.get(`token-${id}`)).toEqual({ kind: 'released' });
  });

  it('is refused when the run is over', async () => {
    const api = anApi();
    const id = await submitted(api);
    await move(api, id, 'CONFIGURING', 'RUNNING', 'SUCCEEDED');
    expect((await api.call('releaseJob', { params: { jobId: id } })).status).toBe(409);
  });
});

describe('setPriority', () => {
  beforeAll(silenceLogs);

  it('moves a waiting job in the queue', async () => {
    const api = anApi();
    const id = await submitted(api);
    const { body } = await api.call('setPriority', { params: { jobId: id }, body: '{"priority": "urgent"}' });
    expect(body.priority).toBe(900);
    expect(api.table.queue.get(jobId(id))?.priority).toBe(900);
  });

  it('is refused once the job has left the queue', async () => {
    const api = anApi();
    const id = await submitted(api);
    await move(api, id, 'CONFIGURING');
    expect((await api.call('setPriority', { params: { jobId: id }, body: '{"priority": 1}' })).status).toBe(409);
  });

  it.each([null, '', '[]', '{}', '{"priority": -1}', '{"priority": 1.5}', '{"priority": "highest"}', '{"priority": 1, "state": "DONE"}'])('refuses %j', async (body) => {
    const api = anApi();
    const id = await submitted(api);
    expect((await api.call('setPriority', { params: { jobId: id }, body })).status).toBe(400);
  });
});
