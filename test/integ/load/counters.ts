import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoSchedulerStore } from '../../../lambdas/adapters/dynamodb/dynamo-scheduler-store.ts';
import { OrchestratorTable } from '../../../lambdas/adapters/dynamodb/orchestrator-table.ts';
import type { SharedCloud } from '../cloud/shared-cloud.ts';

/** How many jobs hold limits now, by the counters that the scheduler keeps in the deployed table. */
export function heldCounter({ account, outputs }: SharedCloud): () => Promise<number> {
  const store = new DynamoSchedulerStore(new OrchestratorTable(new DynamoDBClient(account.client), outputs['TableName'] ?? ''));
  return async () => (await store.overview()).uses.reduce((sum, { runningJobs }) => sum + runningJobs, 0);
}
