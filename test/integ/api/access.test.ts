import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { routes } from '../../../core/api/routes.ts';
import { region, type Credentials } from '../../../local/environment-file.ts';
import type { Job, JobRef, Page, Problem } from '../../../sdk/src/index.ts';
import { leavesNothing } from '../cloud/leaves-nothing.ts';
import { deployedApi, type DeployedApi } from './deployed-api.ts';
import { nowhereToBeHad, yamlSubmission } from './submissions.ts';
import { teamUser } from './team-user.ts';

jest.setTimeout(240_000);

const run = promisify(execFile);
const forbidden = 'urn:orchestrator:problem:forbidden';

let api: DeployedApi;
beforeAll(async () => {
  api = await deployedApi();
});

/** A path of the route with parameters that fit. */
const filled = (path: string, namespace = 'own'): string =>
  path.replace('{namespace}', namespace).replace('{jobId}', '01hjob0000000000000000000a').replace('{name}', 'cluster').replace('{version}', '1');

describe('a request', () => {
  it.each(routes.map(({ method, path }) => [method, path] as const))('without a signature is refused: %s %s', async (method, path) => {
    const answer = await api.call<Problem>({ method, path: filled(path) }, null);
    expect([answer.status, answer.body.type]).toEqual([403, forbidden]);
  });

  it('with a wrong secret, or of a user whom nobody knows, is refused', async () => {
    const path = '/v1/namespaces/own/jobs';
    const wrong = await api.call<Problem>({ method: 'GET', path }, { ...api.cloud.researcher, secretAccessKey: 'guessed' });
    const nobody = await api.call<Problem>({ method: 'GET', path }, { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'guessed' });
    expect([wrong.status, wrong.body.type, nobody.status, nobody.body.type]).toEqual([403, forbidden, 403, forbidden]);
  });

  it('is refused when it was signed long ago', async () => {
    const signedAt = new Date(Date.now() - 3_600_000);
    expect((await api.call<Problem>({ method: 'GET', path: '/v1/namespaces/own/jobs', signedAt })).status).toBe(403);
  });

  it.each([
    ['of another scheme', 'Bearer eyJhbGciOiJub25lIn0.e30.'],
    ['that is no header of SigV4', 'AWS4-HMAC-SHA256 nonsense'],
    ['that is empty', ''],
  ])('with an authorization %s is refused', async (_, authorization) => {
    const { status } = await api.call<Problem>({ method: 'GET', path: '/v1/namespaces/own/jobs', headers: { authorization } }, null);
    expect(status).toBe(403);
  });

  it('is signed by curl', async () => {
    const { accessKeyId, secretAccessKey } = api.cloud.researcher;
    const curl = ['--silent', '--show-error', '--aws-sigv4', `aws:amz:${region}:execute-api`, '--user', `${accessKeyId}:${secretAccessKey}`];
    const { stdout } = await run('curl', [...curl, `${api.cloud.apiUrl}/v1/namespaces/own/jobs?limit=5`]);
    expect(JSON.parse(stdout)).toEqual({ items: [] });
  });
});

describe('a user whose policy names one namespace', () => {
  let user: Credentials;
  let job: JobRef;

  beforeAll(async () => {
    user = await teamUser(api.cloud, 'own-team', 'own-team');
    const answer = await api.call<Job>(yamlSubmission(nowhereToBeHad('own-team', 'cluster')), user);
    expect(answer).toMatchObject({ status: 201, body: { user: 'own-team', namespace: 'own-team' } });
    job = answer.body;
  });

  afterAll(async () => {
    await api.cloud.jobs.cancel(job);
    await api.cloud.jobs.ends(job);
    await leavesNothing(api.cloud, job);
  });

  it('lists what is there', async () => {
    const { status, body } = await api.call<Page<Job>>({ method: 'GET', path: '/v1/namespaces/own-team/jobs' }, user);
    expect([status, body.items[0]?.jobId]).toEqual([200, job.jobId]);
    expect(new Set(body.items.map(({ namespace }) => namespace))).toEqual(new Set(['own-team']));
  });

  it.each(routes.filter(({ path }) => path.includes('{namespace}')).map(({ method, path }) => [method, path] as const))('is refused in another: %s %s', async (method, path) => {
    const answer = await api.call<Problem>({ method, path: filled(path, 'other') }, user);
    expect([answer.status, answer.body.type]).toEqual([403, forbidden]);
  });

  it.each([
    ['a path that climbs out', '/v1/namespaces/own-team/../other/jobs'],
    ['a path that climbs out in disguise', '/v1/namespaces/own-team/%2e%2e/other/jobs'],
    ['a name that only begins the same', '/v1/namespaces/own-team-too/jobs'],
    ['a doubled slash', '/v1/namespaces//own-team/../other/jobs'],
  ])('does not get into another by %s', async (_, path) => {
    expect((await api.call({ method: 'GET', path }, user)).status).toBe(403);
  });

  it('cannot submit into another by what its manifest says', async () => {
    const elsewhere = { ...yamlSubmission(nowhereToBeHad('other', 'cluster')), path: '/v1/namespaces/own-team/jobs' };
    const { status, body } = await api.call<Problem>(elsewhere, user);
    expect([status, body.errors?.map(({ path }) => path)]).toEqual([422, ['metadata.namespace']]);
  });

  it('does not see a job of another by its id', async () => {
    const { status } = await api.call({ method: 'GET', path: `/v1/namespaces/own/jobs/${job.jobId}` });
    expect(status).toBe(404);
  });
});
