import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OrchestratorApiError, OrchestratorClient, OrchestratorConfigurationError, OrchestratorConnectionError, OrchestratorCredentialsError, itemsOf } from '@advanced-orchestrator/sdk';
import type { ClientConfiguration, Job } from '@advanced-orchestrator/sdk';
import { routes } from '../../../core/api/routes.ts';
import { anApi } from '../../builders/api.ts';
import { silenceLogs } from '../../builders/logs.ts';
import { aManifestText } from '../../builders/manifest.ts';
import { credentials, gatewayRefusal, serveApi } from '../../builders/served-api.ts';
import type { ServedApi } from '../../builders/served-api.ts';

let served: ServedApi;

beforeAll(silenceLogs);
beforeEach(async () => { served = await serveApi(anApi()); });
afterEach(async () => served.close());

const clientOf = (configuration: ClientConfiguration = {}): OrchestratorClient =>
  new OrchestratorClient({ endpoint: served.url, region: 'us-east-1', credentials, environment: {}, wait: async () => {}, ...configuration });

describe('OrchestratorClient', () => {
  it('has a method for every operation of the API', () => {
    const client = clientOf();
    const missing = routes.map(({ operationId }) => operationId).filter((id) => typeof client[id] !== 'function');
    expect(missing).toEqual([]);
  });

  it('calls every operation with a signature that fits what arrives', async () => {
    const client = clientOf();
    const document = { text: aManifestText() };
    const { name, version } = await client.putManifest({ namespace: 'research', name: 'cluster' }, document);
    const { jobId } = await client.submitJob('research', { manifestRef: { name, version }, script: '#!/bin/sh\necho "ü"\n', priority: 'high' });
    const job = { namespace: 'research', jobId };
    const answers = [
      client.validateManifest(document), client.getManifest({ namespace: 'research', name }), client.getManifestVersion({ namespace: 'research', name, version }),
      client.listManifests('research'), client.listManifestVersions({ namespace: 'research', name }, { limit: 1 }),
      client.planJob('research', { manifest: document.text }), client.listJobs('research', { label: 'project=folding', user: 'alice' }), client.getJob(job),
      client.setPriority(job, 750), client.listEvents(job), client.explainJob(job), client.diagnoseJob(job), client.getQueue({ limit: 3 }),
      client.getCapacity(), client.getCapacity({ instanceTypes: ['m6i.large', 'g5.xlarge'], zones: ['us-east-1a'] }),
      client.getShares(), client.putShares({ text: 'limits: { nodes: 90 }' }, { comment: 'für Ünïcode & more', ifVersion: 0 }), client.listAudit({ limit: 1 }),
      client.pauseQueue({ scope: { kind: 'market', market: 'spot' }, reason: 'a test' }), client.resumeQueue({ scope: { kind: 'queue' }, reason: 'a test' }),
      client.recountQueue({}),
      client.readLogs(job, { since: '2030-01-31T09:00:00Z', step: 'Say hello & more' }),
      client.cancelJob(job), client.getManifestSchema(), client.getOpenApi(),
    ];
    expect((await Promise.all(answers)).length).toBe(answers.length);
    await expect(client.releaseJob(job)).rejects.toMatchObject({ status: 409 });
  });

  it('walks through the pages of a listing', async () => {
    const client = clientOf();
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push((await client.submitJob('research', { manifest: aManifestText() })).jobId);
    const jobs: Job[] = [];
    for await (const job of itemsOf((cursor) => client.listJobs('research', {}, { limit: 2, ...(cursor === undefined ? {} : { cursor }) }))) jobs.push(job);
    expect(jobs.map(({ jobId }) => jobId).sort()).toEqual(ids.sort());
  });

  it('throws the problem document with every entry', async () => {
    const refused = clientOf().validateManifest({ text: aManifestText().replace('count: 4', 'cuont: 4') });
    await expect(refused).rejects.toBeInstanceOf(OrchestratorApiError);
    await expect(refused).rejects.toMatchObject({
      status: 422,
      problem: { type: 'urn:orchestrator:problem:invalid-manifest', requestId: 'request-1', errors: [{ code: 'unknown-key', line: 14, suggestion: 'count' }] },
    });
  });

  it('makes a problem of what API Gateway says by itself, and of what is no JSON at all', async () => {
    served.script.push(gatewayRefusal('ExpiredTokenException', 'The security token included in the request is expired'), { status: 404, body: '<html>' });
    await expect(clientOf().getOpenApi()).rejects.toMatchObject({ status: 403, gatewayCode: 'ExpiredTokenException', message: 'The security token included in the request is expired' });
    await expect(clientOf().getOpenApi()).rejects.toMatchObject({ status: 404, message: '<html>', gatewayCode: undefined, retryAfterSeconds: undefined });
  });

  it('tells when a busy service wants to be asked again', async () => {
    served.script.push({ status: 429, headers: { 'retry-after': '120' }, body: '{"title":"A limit is reached"}' });
    await expect(clientOf().getOpenApi()).rejects.toMatchObject({ status: 429, retryAfterSeconds: 120 });
  });

  it('submits once, however often the connection breaks before the answer', async () => {
    const client = clientOf();
    served.script.push('cut', { status: 503, body: '{}' });
    await client.submitJob('research', { manifest: aManifestText() });
    const keys = new Set(served.arrived.map(({ headers }) => headers['idempotency-key']));
    expect([served.arrived.length, keys.size]).toEqual([3, 1]);
    await client.submitJob('research', { manifest: aManifestText() });
    expect(served.arrived.at(-1)?.headers['idempotency-key']).not.toBe(served.arrived[0]?.headers['idempotency-key']);
  });

  it('gives the same job for the same idempotency key', async () => {
    const submission = { manifest: aManifestText() };
    const [first, second] = [await clientOf().submitJob('research', submission, { idempotencyKey: 'k' }), await clientOf().submitJob('research', submission, { idempotencyKey: 'k' })];
    expect(second.jobId).toBe(first.jobId);
  });

  it('says that nobody answers', async () => {
    const client = clientOf({ maxAttempts: 2 });
    served.script.push('cut', 'cut');
    await expect(client.getOpenApi()).rejects.toBeInstanceOf(OrchestratorConnectionError);
    expect(served.arrived.length).toBe(2);
  });

  it('ends a call with the signal’s reason', async () => {
    const reason = new Error('enough');
    await expect(clientOf().getOpenApi({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('says why there are no credentials, without asking again', async () => {
    const client = clientOf({ credentials: async () => { throw new Error('Token is expired.'); } });
    await expect(client.getOpenApi()).rejects.toBeInstanceOf(OrchestratorCredentialsError);
    expect(served.arrived).toEqual([]);
  });

  it('takes address, region and credentials from the environment', async () => {
    const client = new OrchestratorClient({ environment: { ORCH_API_URL: served.url, AWS_REGION: 'eu-central-1' }, credentials });
    await client.getOpenApi();
    expect(served.arrived[0]?.headers['authorization']).toContain('/eu-central-1/execute-api/');
  });

  it.each([
    [{}, 'set ORCH_API_URL'],
    [{ ORCH_API_URL: 'ftp://x' }, 'must begin with https://'],
    [{ ORCH_API_URL: 'https://api.example.com' }, 'set AWS_REGION'],
  ])('does not guess what %j leaves open', (environment, message) => {
    const make = (): OrchestratorClient => new OrchestratorClient({ environment });
    expect(make).toThrow(OrchestratorConfigurationError);
    expect(make).toThrow(message);
  });

  it('knows the region of an address of API Gateway', () => {
    const environment = { ORCH_API_URL: 'https://abc123.execute-api.eu-west-1.amazonaws.com/prod/' };
    expect(new OrchestratorClient({ environment })).toBeInstanceOf(OrchestratorClient);
  });
});
