import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { eventually } from '../../../local/eventually.ts';
import type { AuditEntry, JobRef, Recounted, SubmittedJob } from '../../../sdk/src/index.ts';
import { deployedApi, type DeployedApi } from '../api/deployed-api.ts';
import { newNamespace, nowhereToBeHad, yamlSubmission } from '../api/submissions.ts';
import { leavesNothing } from '../cloud/leaves-nothing.ts';

jest.setTimeout(300_000);

const namespace = newNamespace('queue-recount');
let api: DeployedApi;

beforeAll(async () => {
  api = await deployedApi();
});

afterAll(async () => {
  await recount({ repair: true, reason: 'the test is over' });
});

/** Asks until no scheduler is at work; answers what drifted of this test's namespace. */
async function recount(body: { readonly repair?: boolean; readonly reason?: string } = {}): Promise<Recounted['drifts']> {
  const answer = await eventually('the scheduler is at rest for a moment', async () => {
    const { status, body: found } = await api.call<Recounted>({ method: 'POST', path: '/v1/queue/recount', body: JSON.stringify(body) });
    expect([200, 409]).toContain(status);
    return status === 200 && found;
  });
  return answer.drifts.filter((drift) => drift.namespace === namespace);
}

/** A counter as a fault would leave it. */
async function miscount({ account, outputs }: DeployedApi['cloud']): Promise<void> {
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(account.client));
  await documents.send(new UpdateCommand({
    TableName: outputs['TableName'], Key: { pk: 'CYCLE', sk: `SHARE#${namespace}#researcher` },
    UpdateExpression: 'ADD runningJobs :one, nodes :three', ConditionExpression: 'attribute_exists(pk)', ExpressionAttributeValues: { ':one': 1, ':three': 3 },
  }));
  documents.destroy();
}

describe('counters that drifted', () => {
  it('are shown, repaired with a record of it, and right from then on', async () => {
    const job: JobRef = (await api.call<SubmittedJob>(yamlSubmission(nowhereToBeHad(namespace, 'counted')))).body;
    await api.cloud.jobs.reaches(job, 'ACQUIRING_CAPACITY');
    expect(await recount()).toEqual([]);

    await miscount(api.cloud);
    const drifts = await recount();
    expect(drifts.map(({ user, amount, counted, actual }) => [user, amount, counted - actual])).toEqual([['researcher', 'runningJobs', 1], ['researcher', 'nodes', 3]]);
    const reason = `put right in ${namespace}`;
    expect((await recount({ repair: true, reason })).map(({ repaired }) => repaired)).toEqual([true, true]);
    expect(await recount()).toEqual([]);

    const { body: audit } = await api.call<{ readonly items: readonly AuditEntry[] }>({ method: 'GET', path: '/v1/audit', query: 'limit=50' });
    expect(audit.items).toContainEqual(expect.objectContaining({ action: 'Recounted', by: 'researcher', target: 'queue', reason }));
    await api.cloud.jobs.cancel(job);
    await leavesNothing(api.cloud, job);
  });
});
