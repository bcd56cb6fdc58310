import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../../../local/eventually.ts';
import { itemsOf, type DryRun, type Job, type JobDetail, type JobEvent, type JobRef, type LogLine, type ManifestVersion, type Page, type Problem, type SubmittedJob } from '../../../sdk/src/index.ts';
import { isAtRest, leavesNothing } from '../cloud/leaves-nothing.ts';
import { aCluster, script } from '../cloud/manifests.ts';
import { deployedApi, type Answer, type DeployedApi } from './deployed-api.ts';
import { jsonSubmission, newNamespace, nowhereToBeHad, yamlSubmission } from './submissions.ts';

jest.setTimeout(240_000);

const namespace = newNamespace('api-jobs');
const jobsPath = `/v1/namespaces/${namespace}/jobs`;

let api: DeployedApi;
/** Jobs that a test has made, and those of the tests before it. */
const made: JobRef[] = [];
const over: JobRef[] = [];

beforeAll(async () => {
  api = await deployedApi();
});

// Jobs that look for capacity in vain keep the machine busy.
afterEach(async () => {
  await Promise.all(made.map((job) => api.cloud.jobs.cancel(job).catch(() => undefined))); // what has ended cannot be cancelled
  over.push(...made.splice(0));
});

afterAll(async () => {
  for (const job of over) await leavesNothing(api.cloud, job);
  await isAtRest(api.cloud);
});

const get = <Body>(path: string, query?: string) => api.call<Body>({ method: 'GET', path, ...(query === undefined ? {} : { query }) });

async function submitted(request: Parameters<DeployedApi['call']>[0]): Promise<Answer<SubmittedJob>> {
  const answer = await api.call<SubmittedJob>(request);
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  made.push(answer.body);
  return answer;
}

describe('a submission', () => {
  it('is a manifest as YAML, and says where the job is', async () => {
    const { body, headers } = await submitted(yamlSubmission(nowhereToBeHad(namespace, 'as-yaml', { priority: 'high' })));
    expect(body).toMatchObject({ namespace, state: 'PENDING', priority: 750, user: 'researcher', manifest: { name: 'as-yaml', version: 1 }, nodeCount: 1 });
    expect(headers['location']).toBe(`${jobsPath}/${body.jobId}`);
    expect(await get<JobDetail>(`${jobsPath}/${body.jobId}`)).toMatchObject({ status: 200, body: { jobId: body.jobId } });
  });

  it('is a manifest as JSON, or one with a script and a priority beside it', async () => {
    const manifest = nowhereToBeHad(namespace, 'as-json');
    const plain = await submitted(jsonSubmission(namespace, manifest));
    const more = await submitted(jsonSubmission(namespace, { manifest, script: 'echo hello', priority: 20 }));
    expect(plain.body).toMatchObject({ hasScript: false, priority: 500 });
    expect(more.body).toMatchObject({ hasScript: true, priority: 20, manifest: plain.body.manifest });
  });

  it('names a stored manifest, the latest version or another', async () => {
    const path = `/v1/namespaces/${namespace}/manifests/stored`;
    const store = async (ttlSeconds: number) => {
      const body = JSON.stringify(nowhereToBeHad(namespace, 'stored', { ttlSeconds }));
      return api.call<ManifestVersion>({ method: 'PUT', path, body, headers: { 'content-type': 'application/json' } });
    };
    const [first, again, second] = [await store(600), await store(600), await store(700)];
    expect([first, again, second].map(({ status, body }) => [status, body.version])).toEqual([[201, 1], [200, 1], [201, 2]]);

    const latest = await submitted(jsonSubmission(namespace, { manifestRef: { name: 'stored' } }));
    const earlier = await submitted(jsonSubmission(namespace, { manifestRef: { name: 'stored', version: 1 } }));
    const missing = await api.call<Problem>(jsonSubmission(namespace, { manifestRef: { name: 'stored', version: 3 } }));
    expect([latest.body.manifest, earlier.body.manifest]).toEqual([
      { name: 'stored', version: 2, digest: second.body.digest }, { name: 'stored', version: 1, digest: first.body.digest },
    ]);
    expect([missing.status, missing.body.type]).toEqual([404, 'urn:orchestrator:problem:manifest-not-found']);
  });

  it('as a dry run tells the plan with its cost, and leaves nothing', async () => {
    const manifest = aCluster(namespace, 'planned', {
      nodePools: [{ name: 'head', count: 1, instanceType: 'm6i.large' }, { name: 'workers', count: 4, instanceType: ['c6i.large', 'm6i.large'], purchaseOption: 'SpotPreferred' }],
    });
    const plan = await api.call<DryRun>({ ...yamlSubmission(manifest), query: 'dryRun=true' });
    expect(plan).toMatchObject({
      status: 200, body: { dryRun: true, demand: { nodes: 5, vcpus: 10, gpus: 0, maxUsdPerHour: 0.48 }, plan: { maxUsdPerHour: 0.48, maxUsdPerAttempt: 0.2, attempts: 1, maxUsdInAll: 0.2 } },
    });
    expect(plan.body.plan.launches.map(({ pool, market }) => `${pool} ${market}`)).toEqual(expect.arrayContaining(['head on-demand', 'workers spot', 'workers on-demand']));
    expect((await get(`/v1/namespaces/${namespace}/manifests/planned`)).status).toBe(404);
  });
});

describe('an idempotency key', () => {
  const keyed = (key: string, name = key) => yamlSubmission(nowhereToBeHad(namespace, name), { 'idempotency-key': key });

  it('answers the job of before when the request comes again', async () => {
    const first = await submitted(keyed('again'));
    const second = await api.call<SubmittedJob>(keyed('again'));
    expect([second.status, second.body.jobId]).toEqual([200, first.body.jobId]);
  });

  it('is refused with another request', async () => {
    await submitted(keyed('another'));
    const refused = await api.call<Problem>(keyed('another', 'something-else'));
    expect([refused.status, refused.body.type]).toEqual([422, 'urn:orchestrator:problem:idempotency-key-reused']);
    expect((await get(`/v1/namespaces/${namespace}/manifests/something-else`)).status).toBe(404);
  });

  it('makes one job of requests sent at once', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => api.call<SubmittedJob>(keyed('at-once'))));
    made.push(...answers.filter(({ status }) => status === 201).map(({ body }) => body));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 200, 200, 201]);
    expect(new Set(answers.map(({ body }) => body.jobId)).size).toBe(1);
  });
});

describe('the list of jobs', () => {
  const listed = newNamespace('api-listed');
  let order: string[];

  beforeAll(async () => {
    order = [];
    for (const color of ['red', 'blue', 'red', 'red', 'blue']) {
      const manifest = nowhereToBeHad(listed, 'listed');
      const labelled = { ...manifest, metadata: { ...manifest.metadata, labels: { color } } };
      order.unshift((await submitted(yamlSubmission(labelled))).body.jobId);
    }
  });

  const list = async (query?: string) => (await get<Page<Job>>(`/v1/namespaces/${listed}/jobs`, query)).body;

  it('comes in pages, newest first, each job once', async () => {
    const pages = await Array.fromAsync(itemsOf((cursor) => list(`limit=2${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`)));
    expect(pages.map(({ jobId }) => jobId)).toEqual(order);
    expect((await list('limit=2')).items).toHaveLength(2);
  });

  it('is filtered by label, state and user', async () => {
    const ids = async (query: string) => (await list(query)).items.map(({ jobId }) => jobId);
    expect(await ids('label=color%3Dblue')).toEqual([order[0], order[3]]);
    expect(await ids('state=RUNNING')).toEqual([]);
    expect(await ids('user=researcher')).toEqual(order);
    expect(await ids('user=somebody-else')).toEqual([]);
  });

  it('refuses a cursor that nobody gave out', async () => {
    const answer = await get<Problem>(jobsPath, 'cursor=bm90IGFuIGlkIQ');
    expect([answer.status, answer.body.type]).toEqual([400, 'urn:orchestrator:problem:invalid-request']);
  });
});

describe('a job that runs', () => {
  const lines = 25;
  let job: JobRef;

  beforeAll(async () => {
    const manifest = aCluster(namespace, 'talker', { hooks: { onRun: [script('Talk', `for i in $(seq ${lines}); do echo "line $i"; done`, 'exit 3')] } });
    job = (await submitted(yamlSubmission(manifest))).body;
    await api.cloud.jobs.ends(job);
  });

  it('shows its attempt, nodes and cost', async () => {
    const { body } = await get<JobDetail>(`${jobsPath}/${job.jobId}`);
    expect(body).toMatchObject({
      state: 'DONE', outcome: 'FAILED', exitCode: 3, attempts: [{ attempt: 1, state: 'DONE', outcome: 'FAILED' }],
      nodes: [{ rank: 0, pool: 'head', instanceType: 'm6i.large', market: 'on-demand', goneAt: expect.any(String) }],
    });
    expect(body.costUsd).toBeGreaterThan(0);
  });

  it('tells its history in pages, numbered without a gap', async () => {
    const page = (cursor: string | undefined) => get<Page<JobEvent>>(`${jobsPath}/${job.jobId}/events`, `limit=3${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
    const events = await Array.fromAsync(itemsOf(async (cursor) => (await page(cursor)).body));
    expect(events.map(({ number }) => number)).toEqual(events.map((_, i) => i + 1));
    expect(events[0]).toMatchObject({ type: 'JobSubmitted', attempt: 1 });
    expect(events.findLast(({ type }) => type === 'StateChanged')).toMatchObject({ from: 'DESTROYING', to: 'DONE' });
  });

  it('gives its log in pages, every line once and in order', async () => {
    await api.cloud.jobs.writes(job, `line ${lines}`);
    const page = (cursor: string | undefined) => get<Page<LogLine>>(`${jobsPath}/${job.jobId}/logs`, `limit=10${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
    const read = await Array.fromAsync(itemsOf(async (cursor) => (await page(cursor)).body));
    expect(read.map(({ message }) => message).filter((message) => message.startsWith('line '))).toEqual(Array.from({ length: lines }, (_, i) => `line ${i + 1}`));
  });

  it('can be neither cancelled nor released nor moved any more', async () => {
    const path = `${jobsPath}/${job.jobId}`;
    const answers = [
      await api.call<Problem>({ method: 'POST', path: `${path}/cancel` }),
      await api.call<Problem>({ method: 'POST', path: `${path}/release` }),
      await api.call<Problem>({ method: 'PATCH', path, body: '{"priority":1}' }),
    ];
    expect(answers.map(({ status, body }) => `${status} ${body.type}`)).toEqual(Array.from({ length: 3 }, () => '409 urn:orchestrator:problem:invalid-transition'));
  });
});

describe('a job that waits', () => {
  it('says why, has left the queue that a priority orders, and is cancelled', async () => {
    const { body: job } = await submitted(yamlSubmission(nowhereToBeHad(namespace, 'waiting')));
    const path = `${jobsPath}/${job.jobId}`;
    const waiting = await eventually('the job waits for capacity', async () => {
      const { body } = await get<JobDetail>(path);
      return body.state === 'ACQUIRING_CAPACITY' && body.waiting;
    });
    expect(waiting).toMatchObject({ code: 'NoCapacity', message: expect.stringContaining('InsufficientInstanceCapacity'), until: expect.any(String) });
    expect(await api.call<Problem>({ method: 'PATCH', path, body: '{"priority":"urgent"}' })).toMatchObject({ status: 409 });
    expect((await api.call({ method: 'POST', path: `${path}/cancel` })).status).toBe(202);
    expect(await api.cloud.jobs.ends(job)).toMatchObject({ outcome: 'CANCELLED' });
  });

  it('is unknown in another namespace', async () => {
    const { body: job } = await submitted(yamlSubmission(nowhereToBeHad(namespace, 'elsewhere')));
    const answers = [
      await api.call<Problem>({ method: 'GET', path: `/v1/namespaces/other/jobs/${job.jobId}` }),
      await api.call<Problem>({ method: 'GET', path: `/v1/namespaces/other/jobs/${job.jobId}/events` }),
      await api.call<Problem>({ method: 'GET', path: `/v1/namespaces/other/jobs/${job.jobId}/logs` }),
      await api.call<Problem>({ method: 'POST', path: `/v1/namespaces/other/jobs/${job.jobId}/cancel` }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  });
});
