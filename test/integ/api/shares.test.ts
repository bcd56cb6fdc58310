import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../../../local/eventually.ts';
import type { AppliedShares, AuditEntry, Explanation, JobRef, Page, Problem, Shares, SubmittedJob } from '../../../sdk/src/index.ts';
import { isAtRest, leavesNothing } from '../cloud/leaves-nothing.ts';
import { aCluster, script } from '../cloud/manifests.ts';
import { deployedApi, type DeployedApi } from './deployed-api.ts';
import { newNamespace, nowhereToBeHad, yamlSubmission } from './submissions.ts';

jest.setTimeout(240_000);

const namespace = newNamespace('api-shares');

let api: DeployedApi;
/** What was in force before, to be so again. */
let before: Shares;
const made: JobRef[] = [];

/** A function asks again for the shares after five seconds. */
const REMEMBERED_MS = 5500;

beforeAll(async () => {
  api = await deployedApi();
  before = await inForce();
});

// Shares are the whole deployment's.
afterEach(async () => {
  await apply(before.document);
});

afterAll(async () => {
  await Promise.all(made.map((job) => api.cloud.jobs.cancel(job).catch(() => undefined))); // what has ended cannot be cancelled
  for (const job of made) await leavesNothing(api.cloud, job);
  await isAtRest(api.cloud);
});

const inForce = async (): Promise<Shares> => (await api.call<Shares>({ method: 'GET', path: '/v1/shares' })).body;

const put = <Body>(document: unknown, query = '', headers: Readonly<Record<string, string>> = {}) =>
  api.call<Body>({ method: 'PUT', path: '/v1/shares', query, body: typeof document === 'string' ? document : JSON.stringify(document), headers });

async function apply(document: unknown, query = ''): Promise<AppliedShares> {
  const { status, body, text } = await put<AppliedShares>(document, query);
  if (status >= 300) throw new Error(text);
  return body;
}

/** Limits of this file's namespace alone: other jobs of the deployment are none of its business. */
const limited = (limits: object, more: object = {}) => ({ shares: [{ name: namespace, kind: 'namespace', limits, ...more }] });

async function submitted(manifest: Parameters<typeof yamlSubmission>[0]): Promise<JobRef> {
  const { status, body, text } = await api.call<SubmittedJob>(yamlSubmission(manifest));
  if (status !== 201) throw new Error(text);
  made.push(body);
  return body;
}

describe('a share document', () => {
  it('is in force as a whole, in a version that is kept, with who and why on record', async () => {
    const yaml = `shares:\n  - { name: ${namespace}, kind: namespace, weight: 2, users: { "Zoë 研究 🧪": { weight: 3 } } } # a comment\n`;
    const applied = await apply(yaml, 'comment=f%C3%BCr%20den%20Test');
    expect(applied).toMatchObject({ dryRun: false, warnings: [], changes: expect.arrayContaining([expect.objectContaining({ change: 'added', place: { kind: 'namespace', name: namespace } })]) });
    const { version, document, appliedBy, comment } = await inForce();
    expect({ version, document, appliedBy, comment }).toEqual({
      version: applied.version, appliedBy: 'researcher', comment: 'für den Test',
      document: { shares: [{ name: namespace, kind: 'namespace', weight: 2, users: { 'Zoë 研究 🧪': { weight: 3 } } }] },
    });
    const { body: { items } } = await api.call<Page<AuditEntry>>({ method: 'GET', path: '/v1/audit', query: 'limit=1' });
    expect(items).toEqual([expect.objectContaining({ by: 'researcher', action: 'SharesApplied', target: `shares/${version}`, reason: 'für den Test' })]);
    const kept = await api.call<Shares>({ method: 'GET', path: '/v1/shares', query: `version=${version}` });
    expect(kept.body.document).toEqual(document);
  });

  it('changes nothing in a dry run, nor when another version is in force than was seen', async () => {
    const { version } = await inForce();
    expect(await apply(limited({ nodes: 7 }), 'dryRun=true')).toMatchObject({ dryRun: true, version });
    const refused = await put<Problem>(limited({ nodes: 7 }), '', { 'if-match': `"${version + 1}"` });
    expect([refused.status, refused.body.type]).toEqual([409, 'urn:orchestrator:problem:version-conflict']);
    expect((await inForce()).version).toBe(version);
  });

  it.each([
    ['unknown keys', 'shares: [{ name: a, wieght: 1 }]', 'shares[0].wieght'],
    ['cycles', 'shares: [{ name: a, parent: b }, { name: b, parent: a }]', 'shares[0].parent'],
    ['names twice', 'shares: [{ name: a }, { name: a }]', 'shares[1].name'],
    ['weights of zero', 'shares: [{ name: a, weight: 0 }]', 'shares[0].weight'],
    ['huge weights', 'shares: [{ name: a, weight: 1e300 }]', 'shares[0].weight'],
    ['negative limits', 'limits: { nodes: -1 }', 'limits.nodes'],
    ['limits under guarantees', 'shares: [{ name: a, limits: { nodes: 1 }, guarantee: { nodes: 2 } }]', 'shares[0].guarantee.nodes'],
  ])('is refused with the place of %s, and nothing of it is applied', async (_what, text, path) => {
    const { version } = await inForce();
    const { status, body } = await put<Problem>(text);
    expect([status, body.type, body.errors?.map((entry) => [entry.path, entry.line])]).toEqual([422, 'urn:orchestrator:problem:invalid-shares', [[path, 1]]]);
    expect((await inForce()).version).toBe(version);
  });
});

describe('a limit', () => {
  it('is below nothing that runs, and holds what comes after', async () => {
    const running = await submitted(aCluster(namespace, 'running', { hooks: { onRun: [script('wait', 'sleep 600')] } }));
    await api.cloud.jobs.reaches(running, 'RUNNING');
    const refused = await put<Problem>(limited({ nodes: 0 }));
    expect([refused.status, refused.body.errors?.map(({ path, message }) => [path, message])]).toEqual([
      422, [['shares[0].limits.nodes', `namespace ${namespace} holds 1 node now, more than the limit of 0 nodes`]],
    ]);

    await apply(limited({ nodes: 1 }));
    const held = await submitted(aCluster(namespace, 'held'));
    const explained = await eventually('the second waits for the limit', async () => {
      const { body } = await api.call<Explanation>({ method: 'GET', path: `/v1/namespaces/${namespace}/jobs/${held.jobId}/explain` });
      return body.code === 'LimitReached' && body;
    });
    expect(explained.message).toContain(`namespace ${namespace} holds 1 of 1 node`.replace('namespace', 'Namespace'));

    await api.cloud.jobs.cancel(running);
    await api.cloud.jobs.reaches(held, ['ACQUIRING_CAPACITY', 'CONFIGURING', 'RUNNING']);
    await api.cloud.jobs.cancel(held);
    await Promise.all([running, held].map((job) => leavesNothing(api.cloud, job)));
  });

  it('refuses at submission what it would never let start, and priorities above the ceiling', async () => {
    await apply(limited({ gpus: 0, nodes: 1 }, { maxPriority: 600 }));
    const appliedMs = Date.now();
    await eventually('every process that takes submissions has forgotten the shares before', async () => Date.now() - appliedMs > REMEMBERED_MS);
    const wide = nowhereToBeHad(namespace, 'wide', { nodePools: [{ name: 'head', count: 2, instanceType: 'm6i.large' }] });
    const refused = await api.call<Problem>(yamlSubmission(wide));
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining(namespace)]);
    const urgent = await api.call<Problem>(yamlSubmission(nowhereToBeHad(namespace, 'urgent', { priority: 'urgent' })));
    expect([urgent.status, urgent.text]).toEqual([422, expect.stringContaining('600')]);
  });
});
