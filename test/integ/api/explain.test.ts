import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../../../local/eventually.ts';
import type { Explanation, JobDetail, JobRef, Problem, Queue, SubmittedJob } from '../../../sdk/src/index.ts';
import { isAtRest, leavesNothing } from '../cloud/leaves-nothing.ts';
import { aCluster } from '../cloud/manifests.ts';
import { deployedApi, type DeployedApi } from './deployed-api.ts';
import { newNamespace, nowhereToBeHad, yamlSubmission } from './submissions.ts';

jest.setTimeout(240_000);

const namespace = newNamespace('api-explain');

let api: DeployedApi;
/** Jobs that a test has made, and those of the tests before it. */
const made: JobRef[] = [];
const over: JobRef[] = [];

beforeAll(async () => {
  api = await deployedApi();
});

afterEach(async () => {
  await resume();
  await Promise.all(made.map((job) => api.cloud.jobs.cancel(job).catch(() => undefined))); // what has ended cannot be cancelled
  over.push(...made.splice(0));
});

afterAll(async () => {
  for (const job of over) await leavesNothing(api.cloud, job);
  await isAtRest(api.cloud);
});

const pathOf = ({ jobId }: Pick<JobRef, 'jobId'>): string => `/v1/namespaces/${namespace}/jobs/${jobId}`;
const explain = async (job: JobRef): Promise<Explanation> => (await api.call<Explanation>({ method: 'GET', path: `${pathOf(job)}/explain` })).body;
const queue = async (query = 'limit=100'): Promise<Queue> => (await api.call<Queue>({ method: 'GET', path: '/v1/queue', query })).body;

async function say(verb: 'pause' | 'resume'): Promise<void> {
  const body = JSON.stringify({ scope: { kind: 'namespace', namespace }, reason: 'a test holds it back' });
  const answer = await api.call({ method: 'POST', path: `/v1/queue/${verb}`, body });
  expect([answer.status, answer.text]).toEqual([200, expect.stringContaining(namespace)]);
}
const pause = async (): Promise<void> => say('pause');
const resume = async (): Promise<void> => say('resume');

async function submitted(manifest: Parameters<typeof yamlSubmission>[0]): Promise<JobRef> {
  const { status, body } = await api.call<SubmittedJob>(yamlSubmission(manifest));
  expect(status).toBe(201);
  made.push(body);
  return body;
}

describe('a job that an operator holds back', () => {
  it('says by whom and why, where it stands, and goes on once that is over', async () => {
    await pause();
    const first = await submitted(nowhereToBeHad(namespace, 'first'));
    const second = await submitted(nowhereToBeHad(namespace, 'second'));

    const explained = await explain(second);
    expect(explained).toMatchObject({
      state: 'PENDING', user: 'researcher', code: 'Paused', message: `researcher has paused namespace ${namespace}: a test holds it back`,
      place: { priority: 500, band: 5, ownJobsBefore: 1, isExact: true },
    });
    expect(explained.shares?.map(({ kind, name }) => [kind, name])).toEqual([['deployment', undefined], ['namespace', namespace], ['user', 'researcher']]);

    const { jobs, pauses, shares } = await queue();
    expect(pauses).toEqual([expect.objectContaining({ scope: `namespace ${namespace}`, by: 'researcher', reason: 'a test holds it back' })]);
    expect(jobs.filter((job) => job.namespace === namespace).map(({ jobId, code }) => [jobId, code])).toEqual([[first.jobId, 'Paused'], [second.jobId, 'Paused']]);
    expect(shares.find(({ kind, name }) => kind === 'namespace' && name === namespace)).toMatchObject({ pending: 2, waiting: { code: 'Paused' } });
    const waiting = await eventually('the job itself says so', async () => {
      const { body } = await api.call<JobDetail>({ method: 'GET', path: pathOf(second) });
      return body.waiting?.code === 'Paused' && body.waiting;
    });
    expect(waiting).toMatchObject({ message: expect.stringContaining('a test holds it back') });

    await resume();
    // The second waits for what the first finds out.
    await api.cloud.jobs.reaches(first, 'ACQUIRING_CAPACITY');
    expect((await queue()).pauses).toEqual([]);
  });
});

describe('a job that finds no capacity', () => {
  it('says what is not tried until when, and then how it ended', async () => {
    const job = await submitted(nowhereToBeHad(namespace, 'parked'));
    const parked = await eventually('the job is parked', async () => {
      const explained = await explain(job);
      return explained.code === 'Parked' && explained;
    });
    expect(parked).toMatchObject({ state: 'ACQUIRING_CAPACITY', message: expect.stringContaining('InsufficientInstanceCapacity'), until: expect.any(String) });
    await api.cloud.jobs.cancel(job);
    await api.cloud.jobs.ends(job);
    expect(await explain(job)).toMatchObject({ outcome: 'CANCELLED', code: 'Ended' });
  });
});

describe('a job that runs', () => {
  it('says what it waits for', async () => {
    const job = await submitted(aCluster(namespace, 'interactive'));
    const waiting = await eventually('the cluster waits for its release', async () => {
      const explained = await explain(job);
      return explained.code === 'AwaitingRelease' && explained;
    });
    expect(waiting).toMatchObject({ state: 'RUNNING', hints: ['orch release ends it as succeeded.'] });
    await api.cloud.jobs.release(job);
    await api.cloud.jobs.ends(job);
    expect(await explain(job)).toMatchObject({ outcome: 'SUCCEEDED', code: 'Ended' });
  });
});

describe('what cannot be explained', () => {
  it('is a job of another namespace, or none', async () => {
    const job = await submitted(nowhereToBeHad(namespace, 'elsewhere'));
    const answers = [
      await api.call<Problem>({ method: 'GET', path: `/v1/namespaces/other/jobs/${job.jobId}/explain` }),
      await api.call<Problem>({ method: 'GET', path: `/v1/namespaces/${namespace}/jobs/nonsense/explain` }),
      await api.call<Problem>({ method: 'GET', path: '/v1/queue', query: 'limit=101' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 400, 400]);
  });
});
