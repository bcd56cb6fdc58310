import { beforeAll, describe, expect, it } from '@jest/globals';
import { QuotaExceededError } from '../../../core/errors/orchestrator-error.ts';
import { isoTime } from '../../../core/job/ids.ts';
import { amend } from '../../../core/lifecycle/amend.ts';
import { admit } from '../../../core/lifecycle/admit.ts';
import { enter } from '../../../core/lifecycle/enter.ts';
import type { JobState } from '../../../core/lifecycle/states.ts';
import type { TaskAnswer } from '../../../core/lifecycle/task.ts';
import { anApi } from '../../builders/api.ts';
import { silenceLogs } from '../../builders/logs.ts';
import { aManifestText } from '../../builders/manifest.ts';

type Api = ReturnType<typeof anApi>;

beforeAll(silenceLogs);

const submitted = async (api: Api): Promise<string> => (await api.call('submitJob', { body: aManifestText() })).body.jobId;
const diagnosed = async (api: Api, id: string) => (await api.call('diagnoseJob', { params: { jobId: id } })).body;

async function move(api: Api, id: string, path: readonly JobState[], answer?: TaskAnswer): Promise<void> {
  const change = enter(await api.get(id), undefined, path, answer, api.clock.now());
  if (change !== undefined) await api.jobs.commit(change);
}

/** A job whose step Train has failed. */
async function failed(api: Api): Promise<string> {
  const id = await submitted(api);
  await api.jobs.commit(admit(await api.get(id), {}, api.clock.now()));
  await move(api, id, ['CONFIGURING', 'RUNNING']);
  await endStep(api, id);
  return id;
}

async function endStep(api: Api, id: string): Promise<void> {
  const reason = { code: 'StepFailed', message: 'Train exited with 1 on head-0: the end' };
  const job = await api.get(id);
  await api.jobs.commit(amend(job, job, [{ type: 'StepFinished', message: reason.message, data: { step: 'run/0', name: 'Train', kind: 'failed', exitCode: 1 } }], api.clock.now()));
  await move(api, id, ['RUN_FAILED'], { kind: 'failed', exitCode: 1, reason });
}

describe('the diagnosis of a job', () => {
  it('is what holds it in the queue, with what explain hints at', async () => {
    const api = anApi();
    api.table.pauses.set('queue', { scope: { kind: 'queue' }, by: 'ops', reason: 'price spike', atMs: api.clock.now() });
    const id = await submitted(api);
    expect(await diagnosed(api, id)).toMatchObject({
      jobId: id, namespace: 'research', at: isoTime(api.clock.now()), cause: 'Paused', certainty: 'certain', bearing: 'waits', sentence: expect.stringContaining('ops has paused the queue: price spike.'),
      evidence: { state: 'PENDING', attempt: 1, cloud: [], lines: [], earlier: [], events: [{ number: 1, type: 'JobSubmitted', message: 'submitted by alice', at: isoTime(api.clock.now()) }] },
      youCanDo: expect.arrayContaining(['It goes on when an administrator resumes it (orch admin resume).']),
      others: [],
    });
  });

  it('is the step that it failed by, with its last lines from the log', async () => {
    const read: unknown[] = [];
    const api = anApi({
      read: async (query) => {
        read.push(query);
        return { items: [{ id: '1', atMs: api.clock.now(), attempt: 1, node: 'head-0', step: 'Train', message: 'write: No space left on device' }] };
      },
    });
    const id = await submitted(api);
    await api.jobs.commit(admit(await api.get(id), {}, api.clock.now()));
    await move(api, id, ['CONFIGURING', 'RUNNING']);
    const reason = { code: 'StepFailed', message: 'Train exited with 1 on head-0.' };
    const job = await api.get(id);
    await api.jobs.commit(amend(job, job, [{ type: 'StepFinished', message: reason.message, data: { step: 'run/0', name: 'Train', kind: 'failed', exitCode: 1 } }], api.clock.now()));
    await move(api, id, ['RUN_FAILED'], { kind: 'failed', exitCode: 1, reason });
    expect(await diagnosed(api, id)).toMatchObject({
      cause: 'DiskFull', bearing: 'failed', runbook: 'docs/runbook/jobs.md#a-disk-is-full',
      evidence: { state: 'RUN_FAILED', outcome: 'FAILED', reason, step: { key: 'run/0', name: 'Train', node: 'head-0', exitCode: 1 }, lines: [{ node: 'head-0', message: 'write: No space left on device' }] },
    });
    expect(read[0]).toMatchObject({ jobId: id, attempt: 1, step: 'Train', node: 'head-0' });
  });

  it.each([
    ['never answers', async () => new Promise<never>(() => {})],
    ['is read too often', () => Promise.reject(new QuotaExceededError('Too many.'))],
  ])('does without a log that %s, and says so', async (_, read) => {
    const api = anApi({ read }, { mostLogMs: 30 });
    const id = await failed(api);
    expect(await diagnosed(api, id)).toMatchObject({ cause: 'JobFailed', evidence: { lines: [{ message: 'the end' }], linesNote: expect.stringContaining('`orch logs`') } });
  });

  it('gives a log up that it reads no more of, and keeps what it has read', async () => {
    const heard: (AbortSignal | undefined)[] = [];
    const line = { id: '1', attempt: 1, node: 'head-0', step: 'Train', message: 'from the log' };
    const api = anApi({
      read: async (_query, _limit, _cursor, signal) => {
        heard.push(signal);
        return heard.length === 1 ? { items: [{ ...line, atMs: api.clock.now() }] } : new Promise<never>(() => {});
      },
    }, { mostLogMs: 30 });
    const id = await submitted(api);
    api.clock.advance(60_000);
    await api.jobs.commit(admit(await api.get(id), {}, api.clock.now()));
    await move(api, id, ['CONFIGURING', 'RUNNING']);
    api.clock.advance(60_000);
    await endStep(api, id);
    const { evidence } = await diagnosed(api, id);
    expect(evidence).toMatchObject({ lines: [{ message: 'from the log' }] });
    expect(evidence).not.toHaveProperty('linesNote');
    expect(heard.map((signal) => signal?.aborted)).toEqual([true, true]);
  });

  it('is of jobs of the namespace only', async () => {
    const api = anApi();
    const id = await submitted(api);
    expect(await api.call('diagnoseJob', { params: { jobId: id, namespace: 'vision' } })).toMatchObject({ status: 404, body: { title: 'No such job' } });
  });
});
