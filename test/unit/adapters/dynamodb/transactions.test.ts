import { describe, expect, it } from '@jest/globals';
import { epochMs, microUsd } from '../../../../core/job/ids.ts';
import { admit } from '../../../../core/lifecycle/admit.ts';
import { usageBase } from '../../../../core/scheduling/usage.ts';
import { DynamoJobStore } from '../../../../lambdas/adapters/dynamodb/dynamo-job-store.ts';
import { DynamoPauseStore } from '../../../../lambdas/adapters/dynamodb/dynamo-pause-store.ts';
import { DynamoSchedulerStore } from '../../../../lambdas/adapters/dynamodb/dynamo-scheduler-store.ts';
import { OrchestratorTable } from '../../../../lambdas/adapters/dynamodb/orchestrator-table.ts';
import { aJob } from '../../../builders/job.ts';
import { cancelled, clientThatGets, throttling, timeout, type Answer } from './answers.ts';

/** The n-th try of a transaction is answered so; calls of another kind go through. */
function tableWhoseTransactions(get: (n: number) => Error | undefined) {
  let tries = 0;
  const answer: Answer = ({ command }) => (command === 'TransactWriteItemsCommand' ? get((tries += 1)) : undefined);
  const { client, sent } = clientThatGets(answer);
  const tokens = () => sent.flatMap(({ body }) => body.ClientRequestToken ?? []);
  const addedToLanes = () => sent.filter(({ command }) => command === 'UpdateItemCommand').map(({ body }) => JSON.stringify(body.ExpressionAttributeValues));
  return { table: new OrchestratorTable(client, 'table', async () => undefined), tokens, addedToLanes };
}

const submission = { job: aJob({}), events: [] };

describe('a transaction whose answer is lost', () => {
  it('is sent again as the same one, however often it is throttled then', async () => {
    const { table, tokens } = tableWhoseTransactions((n) => (n === 1 ? timeout() : n < 6 ? throttling() : undefined));
    expect(await new DynamoJobStore(table).submit(submission)).toMatchObject({ kind: 'created' });
    expect(tokens()).toHaveLength(6);
    expect(new Set(tokens()).size).toBe(1);
  });

  it.each([
    ['is throttled', throttling()],
    ['is refused', cancelled('ConditionalCheckFailed')],
    ['stands in the way', cancelled('TransactionConflict')],
  ])('may have gone through, though what is sent after it %s: its job stays counted', async (_what, later) => {
    const { table, addedToLanes } = tableWhoseTransactions((n) => (n === 1 ? timeout() : n < 4 ? throttling() : later));
    await expect(new DynamoJobStore(table).submit(submission)).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(addedToLanes()).toEqual([expect.stringContaining('"N":"1"')]);
  });
});

describe('a transaction that was throttled', () => {
  it('wrote nothing: it is sent again as another, and its job is counted no more when it is given up', async () => {
    const { table, tokens, addedToLanes } = tableWhoseTransactions(throttling);
    await expect(new DynamoJobStore(table).submit(submission)).rejects.toMatchObject({ name: 'DependencyThrottledError' });
    expect(new Set(tokens()).size).toBe(8);
    expect(addedToLanes()).toEqual([expect.stringContaining('"N":"1"'), expect.stringContaining('"N":"-1"')]);
  });
});

describe('others who go on writing what a transaction is about', () => {
  const inTheWay = () => tableWhoseTransactions(() => cancelled('TransactionConflict')).table;
  const [now, week] = [epochMs(1_000), 604_800_000];
  const lease = { owner: 'scheduler', epoch: 1, expiresAtMs: epochMs(30_000), launching: [] };

  it('are not taken for another holder of the lease', async () => {
    const store = new DynamoSchedulerStore(inTheWay());
    await expect(store.grant(lease, [admit(aJob({}), {}, now)], [], usageBase(now, week))).rejects.toMatchObject({ name: 'VersionConflictError' });
    const use = { namespace: 'a', user: 'ada', runningJobs: 0, nodes: 0, vcpus: 0, gpus: 0, microUsdPerHour: microUsd(0), quotas: {}, usage: 0, landmarkMs: now, halfLifeMs: week };
    await expect(store.replaceUses(lease, [use])).rejects.not.toMatchObject({ name: 'LeaseLostError' });
  });

  it('are not taken for a pause that is not there', async () => {
    const audit = { id: '1', atMs: now, by: 'ada', action: 'Resumed', target: 'queue', reason: '' } as const;
    await expect(new DynamoPauseStore(inTheWay()).resume({ kind: 'queue' }, audit)).rejects.toMatchObject({ name: 'TransactionRefused' });
  });
});
