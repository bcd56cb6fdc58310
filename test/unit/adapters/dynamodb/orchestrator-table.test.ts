import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { OrchestratorTable } from '../../../../lambdas/adapters/dynamodb/orchestrator-table.ts';

const named = (name: string): Error => Object.assign(new Error(name), { name });

function tableThatWaits() {
  let waits = 0;
  const table = new OrchestratorTable(new DynamoDBClient({ region: 'us-east-1' }), 'table', async () => {
    waits += 1;
  });
  return { table, waits: () => waits };
}

/** Fails so often, then answers. */
function flaky(error: Error, times: number): () => Promise<string> {
  let calls = 0;
  return async () => {
    calls += 1;
    if (calls <= times) throw error;
    return 'written';
  };
}

describe('a single write', () => {
  it('waits for a transaction that is in its way', async () => {
    const { table, waits } = tableThatWaits();
    expect(await table.call(flaky(named('TransactionConflictException'), 3))).toBe('written');
    expect(waits()).toBe(3);
  });

  it('does not take a transaction that stays in its way for a condition that does not hold', async () => {
    const { table } = tableThatWaits();
    await expect(table.call(flaky(named('TransactionConflictException'), 100))).rejects.toMatchObject({ name: 'DependencyThrottledError' });
  });

  it('tells at once that its condition does not hold', async () => {
    const { table, waits } = tableThatWaits();
    await expect(table.call(flaky(named('ConditionalCheckFailedException'), 1))).rejects.toMatchObject({ name: 'TransactionRefused' });
    expect(waits()).toBe(0);
  });

  it('leaves faults as they are', async () => {
    const { table } = tableThatWaits();
    await expect(table.call(flaky(named('AccessDeniedException'), 1))).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});
