import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../../../local/eventually.ts';
import type { AuditEntry, Job, JobEvent, Page, Shares } from '../../../sdk/src/index.ts';
import { leavesNothing } from '../cloud/leaves-nothing.ts';
import { secretsIn } from '../cloud/secrets.ts';
import { deployedApi, type DeployedApi } from './deployed-api.ts';
import { newNamespace, nowhereToBeHad, yamlSubmission } from './submissions.ts';
import { teamUser } from './team-user.ts';

jest.setTimeout(240_000);

const namespace = newNamespace('api-audit');
const reason = `for ${namespace}`;

interface Audited {
  readonly 'detail-type': string;
  readonly detail: {
    readonly jobId?: string;
    readonly type: string;
    readonly target?: string;
    readonly reason?: string;
    readonly data: { readonly by: string; readonly origin: { readonly principal: string; readonly sourceIp: string; readonly userAgent?: string; readonly requestId: string } };
  };
}

let api: DeployedApi;
let startTime: number;
let job: Job;
let before: Shares;
/** Ids of the requests that changed something, by what they did. */
const requests: Record<string, unknown> = {};

async function call<Body>(name: string, ...[request, credentials]: Parameters<DeployedApi['call']>): Promise<Body> {
  const { status, text, headers, body } = await api.call<Body>(request, credentials);
  if (status >= 300) throw new Error(text);
  requests[name] = headers['x-request-id'];
  return body;
}

const post = (path: string, body: object = {}) => ({ method: 'POST', path, body: JSON.stringify(body) }) as const;

beforeAll(async () => {
  api = await deployedApi();
  startTime = Date.now();
  const user = await teamUser(api.cloud, 'audited-team', namespace);
  ({ body: before } = await api.call<Shares>({ method: 'GET', path: '/v1/shares' }));
  // Nothing starts there: a priority can be changed of what waits.
  const pause = { scope: { kind: 'namespace', namespace }, reason };
  await call('Paused', post('/v1/queue/pause', pause));
  job = await call<Job>('JobSubmitted', yamlSubmission(nowhereToBeHad(namespace, 'cluster')), user);
  const path = `/v1/namespaces/${namespace}/jobs/${job.jobId}`;
  await call('read', { method: 'GET', path }, user);
  await call('PriorityChanged', { method: 'PATCH', path, body: JSON.stringify({ priority: 700 }) }, user);
  await call('CancelRequested', post(`${path}/cancel`));
  await call('Resumed', post('/v1/queue/resume', pause));
  const shares = [{ name: namespace, kind: 'namespace', weight: 2 }];
  await call('SharesApplied', { method: 'PUT', path: '/v1/shares', query: `comment=${encodeURIComponent(reason)}`, body: JSON.stringify({ shares }) });
});

afterAll(async () => {
  await call('restored', { method: 'PUT', path: '/v1/shares', body: JSON.stringify(before.document) });
  await api.cloud.jobs.cancel(job);
  await leavesNothing(api.cloud, job);
});

async function lines(): Promise<readonly string[]> {
  const client = new CloudWatchLogsClient(api.cloud.account.client);
  const found: string[] = [];
  const logGroupName = api.cloud.outputs['AuditLogGroupName'] ?? '';
  for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName, startTime })) found.push(...events.map(({ message = '' }) => message));
  return found;
}

/** What the log has of this file's requests, by what was done. */
async function audited(): Promise<ReadonlyMap<string, readonly Audited[]>> {
  const all = (await lines()).map((line): Audited => JSON.parse(line));
  return Map.groupBy(all.filter(({ detail }) => detail.jobId === job.jobId || detail.reason === reason), ({ detail }) => detail.type);
}

describe('who changed something', () => {
  it('is in the log group of the audit, with principal and address, and nobody who only looked', async () => {
    const found = await eventually('all of it is in the log', async () => {
      const now = await audited();
      return now.size === 6 && now;
    });
    expect(new Set(found.keys())).toEqual(new Set(['JobSubmitted', 'PriorityChanged', 'CancelRequested', 'Paused', 'Resumed', 'SharesApplied']));
    for (const [type, entries] of found) {
      const [by, targeted] = type === 'JobSubmitted' || type === 'PriorityChanged' ? ['audited-team', undefined] : ['researcher', type === 'SharesApplied' ? expect.stringMatching(/^shares\//) : `namespace/${namespace}`];
      expect(entries).toHaveLength(1);
      for (const { detail } of entries) {
        expect(detail).toMatchObject({
          ...(detail.jobId === undefined ? { target: targeted } : { jobId: job.jobId, namespace }),
          data: { by, origin: { principal: expect.stringMatching(new RegExp(`^arn:aws:iam::\\d+:user/${by}$`)), sourceIp: '127.0.0.1', requestId: requests[type] } },
        });
      }
    }
  });

  it('is in the job’s history and in the operators’ audit', async () => {
    const { body: history } = await api.call<Page<JobEvent>>({ method: 'GET', path: `/v1/namespaces/${namespace}/jobs/${job.jobId}/events` });
    const asked = history.items.filter(({ data }) => data?.['origin'] !== undefined).map(({ type, data }) => [type, data]);
    expect(asked).toEqual([
      ['JobSubmitted', expect.objectContaining({ by: 'audited-team', origin: expect.objectContaining({ requestId: requests['JobSubmitted'] }) })],
      ['PriorityChanged', expect.objectContaining({ by: 'audited-team', origin: expect.objectContaining({ requestId: requests['PriorityChanged'] }) })],
      ['CancelRequested', expect.objectContaining({ by: 'researcher', origin: expect.objectContaining({ requestId: requests['CancelRequested'] }) })],
    ]);
    const { body: audit } = await api.call<Page<AuditEntry>>({ method: 'GET', path: '/v1/audit' });
    const mine = audit.items.filter((entry) => entry.reason === reason).map(({ action, origin }) => [action, origin?.requestId]);
    expect(mine).toEqual(['SharesApplied', 'Resumed', 'Paused'].map((action) => [action, requests[action]]));
  });

  it('is said without a secret', async () => {
    expect((await lines()).flatMap((line) => secretsIn(line))).toEqual([]);
  });
});
