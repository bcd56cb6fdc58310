import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../../../local/eventually.ts';
import type { Capacity, DryRun, JobRef, Problem, SubmittedJob } from '../../../sdk/src/index.ts';
import { isAtRest, leavesNothing } from '../cloud/leaves-nothing.ts';
import { deployedApi, type DeployedApi } from './deployed-api.ts';
import { newNamespace, nowhereToBeHad, yamlSubmission } from './submissions.ts';

jest.setTimeout(240_000);

const namespace = newNamespace('api-capacity');

let api: DeployedApi;
const made: JobRef[] = [];

const look = (query = '') => api.call<Capacity & Problem>({ method: 'GET', path: '/v1/capacity', query });

beforeAll(async () => {
  api = await deployedApi();
});

afterAll(async () => {
  await Promise.all(made.map((job) => api.cloud.jobs.cancel(job).catch(() => undefined))); // what has ended cannot be cancelled
  for (const job of made) await leavesNothing(api.cloud, job);
  await isAtRest(api.cloud);
});

describe('what is known of capacity', () => {
  it('has what is read on schedule, by a function that may, for those that may', async () => {
    await api.cloud.account.invoke('RefreshMarket');
    // First of all: what a function could not see is remembered for a minute.
    const { quotas, unknown } = await eventually('the account quotas are known', async () => {
      const { body } = await look('instanceType=m6i.large');
      return body.quotas.length > 0 && body;
    });
    expect(quotas).toEqual(expect.arrayContaining([{ family: 'Standard', market: 'on-demand', vcpus: expect.any(Number) }]));
    expect(unknown).toEqual([{ what: 'interruption bands', why: 'this deployment reads no feed of the Spot Instance Advisor' }]);
  });

  it('has the zones with their addresses, and of a type where it could be had and at what price', async () => {
    const { status, body } = await look('instanceType=m6i.large');
    expect(status).toBe(200);
    for (const { freeAddresses } of body.zones) expect(freeAddresses).toBeGreaterThan(0);
    expect(body.types).toMatchObject([{ instanceType: 'm6i.large', vcpus: 2 }]);
    expect(body.types[0]?.offerings).toEqual(expect.arrayContaining(body.zones.map(({ zone }) => expect.objectContaining({ zone, market: 'on-demand', usdPerHour: 0.096 }))));
  });

  it('names what there is instead of a type or a zone that there is not', async () => {
    expect(await look('instanceType=m6i.lrage')).toMatchObject({ status: 400, body: { errors: [{ path: 'query.instanceType', suggestion: 'm6i.large' }] } });
    expect(await look('zone=us-east-1z')).toMatchObject({ status: 400, body: { errors: [{ path: 'query.zone', message: expect.stringContaining('it serves: us-east-1a') }] } });
  });

  it('is seen by whoever looks, after a job has found nothing, and by the next dry run', async () => {
    const { body: starved } = await api.call<SubmittedJob>(yamlSubmission(nowhereToBeHad(namespace, 'starved')));
    made.push({ namespace, jobId: starved.jobId });
    const cooling = await eventually('what was not to be had cools', async () => {
      const found = (await look('instanceType=r6i.2xlarge')).body.cooling.filter(({ kind }) => kind === 'offering');
      return found.length > 0 && found;
    });
    expect(cooling[0]).toMatchObject({ code: 'InsufficientInstanceCapacity', since: expect.any(String), until: expect.any(String) });
    // A cooldown lasts seconds here: between two of them a dry run finds nothing that cools.
    const plan = await eventually('a dry run shows what cools', async () => {
      const { body } = await api.call<DryRun>({ ...yamlSubmission(nowhereToBeHad(namespace, 'planned')), query: 'dryRun=true' });
      return body.plan.cooling.length > 0 && body.plan;
    });
    expect(plan.cooling[0]).toMatchObject({ code: 'InsufficientInstanceCapacity', until: expect.any(String) });
    expect(plan.maxUsdPerHour).toBeGreaterThan(0);
  });
});
