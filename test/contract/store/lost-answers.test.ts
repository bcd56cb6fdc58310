import { describe, expect, it, jest } from '@jest/globals';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Job } from '../../../core/job/job.ts';
import { admit } from '../../../core/lifecycle/admit.ts';
import { requestCancel } from '../../../core/lifecycle/request.ts';
import { after, grant, leased, queued, stored, submitted } from './submissions.ts';
import { ownDynamo } from './own-dynamo.ts';
import { createTable, dynamoClient, dynamoStores, type StoreWorld } from './world.ts';

jest.setTimeout(120_000);

/** More calls than what is done below makes. */
const MOST_CALLS = 60;

/** The answer of the n-th write does not arrive, though the write went through. Answers how many writes there were. */
function loseAnswer(client: DynamoDBClient, n: number): { readonly writes: () => number } {
  let writes = 0;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args);
      if (/^(TransactWriteItems|PutItem|UpdateItem|DeleteItem)Command$/u.test(String(context['commandName']))) writes += 1;
      if (writes !== n) return result;
      writes += 1;
      throw Object.assign(new Error('The connection was reset.'), { name: 'TimeoutError' });
    },
    // Next to the network: the client sends again what it may.
    { step: 'deserialize', name: 'loseAnswer', priority: 'low' },
  );
  return { writes: () => writes };
}

const cancelled = (job: Job) => {
  const change = requestCancel(job, 'ada', after(2_000));
  if (change === 'already') throw new Error('it was cancelled before');
  return change;
};

/** Jobs come, one starts, one is cancelled; what fails is left at that. */
async function someTraffic(world: StoreWorld): Promise<void> {
  const jobs = await Promise.allSettled([1, 2, 3, 4].map((n) => submitted(world, n)));
  const made = jobs.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const [first, second] = made;
  if (first === undefined || second === undefined) throw new Error('no two jobs were made');
  const lease = await leased(world).catch(() => undefined);
  if (lease !== undefined) await grant(world, lease, [admit(first, {}, after(1_000))]).catch(() => []);
  await world.jobs.commit(cancelled(second)).catch(() => undefined);
}

describe('an answer of DynamoDB that is lost', () => {
  const dynamo = ownDynamo();

  it('never makes a count of waiting jobs too low, nor a counter of limits wrong, whichever it is', async () => {
    const healthy = dynamo.client();
    let all = MOST_CALLS;
    for (let n = 1; n <= all; n += 1) {
      const client = dynamoClient(dynamo.endpoint());
      const table = await createTable(healthy);
      const { writes } = loseAnswer(client, n);
      await someTraffic(dynamoStores(client, table));
      client.destroy();
      all = Math.min(all, writes() - 1);

      const world = dynamoStores(healthy, table);
      const { lanes, uses } = await world.scheduler.overview();
      const jobs = await Promise.all((await world.jobs.list({ namespace: 'research' }, 10)).items.map((job) => stored(world, job.jobId)));
      const waiting = jobs.filter(({ state }) => state === 'PENDING');
      expect(await queued(world)).toHaveLength(waiting.length);
      expect(lanes.reduce((sum, { pending }) => sum + pending, 0)).toBeGreaterThanOrEqual(waiting.length);
      expect(uses.reduce((sum, { runningJobs }) => sum + runningJobs, 0)).toBe(jobs.filter(({ hold }) => hold !== undefined).length);
    }
    expect(all).toBeGreaterThan(10);
    expect(all).toBeLessThan(MOST_CALLS);
  });
});
