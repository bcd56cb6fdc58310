import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { CooldownStore } from '../../../core/ports/capacity-provider.ts';
import type { AttemptStore, JobStore } from '../../../core/ports/job-store.ts';
import type { ManifestStore } from '../../../core/ports/manifest-store.ts';
import { epochMs } from '../../../core/job/ids.ts';
import type { PendingCounts, SchedulerStore } from '../../../core/ports/scheduler-store.ts';
import type { AuditLog, PauseStore, ShareStore } from '../../../core/ports/share-store.ts';
import { tableLayout } from '../../../core/queue/table-layout.ts';
import { DynamoAttemptStore } from '../../../lambdas/adapters/dynamodb/dynamo-attempt-store.ts';
import { DynamoAuditLog } from '../../../lambdas/adapters/dynamodb/dynamo-audit-log.ts';
import { DynamoCooldownStore } from '../../../lambdas/adapters/dynamodb/dynamo-cooldown-store.ts';
import { DynamoJobStore } from '../../../lambdas/adapters/dynamodb/dynamo-job-store.ts';
import { DynamoManifestStore } from '../../../lambdas/adapters/dynamodb/dynamo-manifest-store.ts';
import { DynamoPendingCounts } from '../../../lambdas/adapters/dynamodb/dynamo-pending-counts.ts';
import { DynamoPauseStore } from '../../../lambdas/adapters/dynamodb/dynamo-pause-store.ts';
import { DynamoSchedulerStore } from '../../../lambdas/adapters/dynamodb/dynamo-scheduler-store.ts';
import { DynamoShareStore } from '../../../lambdas/adapters/dynamodb/dynamo-share-store.ts';
import { OrchestratorTable } from '../../../lambdas/adapters/dynamodb/orchestrator-table.ts';
import { InMemoryAttemptStore } from '../../fakes/in-memory-attempt-store.ts';
import { InMemoryAuditLog } from '../../fakes/in-memory-audit-log.ts';
import { InMemoryCooldownStore } from '../../fakes/in-memory-cooldown-store.ts';
import { InMemoryJobStore } from '../../fakes/in-memory-job-store.ts';
import { InMemoryManifestStore } from '../../fakes/in-memory-manifest-store.ts';
import { InMemoryPendingCounts } from '../../fakes/in-memory-pending-counts.ts';
import { InMemoryPauseStore } from '../../fakes/in-memory-pause-store.ts';
import { InMemorySchedulerStore } from '../../fakes/in-memory-scheduler-store.ts';
import { InMemoryShareStore } from '../../fakes/in-memory-share-store.ts';
import { InMemoryTable } from '../../fakes/in-memory-table.ts';

/** All stores over one empty table. */
export interface StoreWorld {
  readonly jobs: JobStore;
  readonly attempts: AttemptStore;
  readonly manifests: ManifestStore;
  readonly scheduler: SchedulerStore;
  readonly pending: PendingCounts;
  readonly cooldowns: CooldownStore;
  readonly shares: ShareStore;
  readonly pauses: PauseStore;
  readonly audit: AuditLog;
}

export type NewWorld = () => Promise<StoreWorld>;

export async function inMemoryWorld(): Promise<StoreWorld> {
  const table = new InMemoryTable();
  return {
    jobs: new InMemoryJobStore(table),
    attempts: new InMemoryAttemptStore(table),
    manifests: new InMemoryManifestStore(table),
    scheduler: new InMemorySchedulerStore(table),
    pending: new InMemoryPendingCounts(table),
    cooldowns: new InMemoryCooldownStore(table),
    shares: new InMemoryShareStore(table),
    pauses: new InMemoryPauseStore(table),
    audit: new InMemoryAuditLog(table),
  };
}

export async function dynamoWorld(client: DynamoDBClient): Promise<StoreWorld> {
  return dynamoStores(client, await createTable(client));
}

/** The stores over a table that is there. */
export function dynamoStores(client: DynamoDBClient, tableName: string): StoreWorld {
  const table = new OrchestratorTable(client, tableName);
  return {
    jobs: new DynamoJobStore(table),
    attempts: new DynamoAttemptStore(table),
    manifests: new DynamoManifestStore(table),
    scheduler: new DynamoSchedulerStore(table),
    pending: new DynamoPendingCounts(table, { now: () => epochMs(0) }),
    cooldowns: new DynamoCooldownStore(table),
    shares: new DynamoShareStore(table),
    pauses: new DynamoPauseStore(table),
    audit: new DynamoAuditLog(table),
  };
}

/** A client of MiniStack: any credentials will do. */
export const dynamoClient = (endpoint: string): DynamoDBClient =>
  new DynamoDBClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });

const keySchema = (hash: string, range: string) => [
  { AttributeName: hash, KeyType: 'HASH' as const },
  { AttributeName: range, KeyType: 'RANGE' as const },
];

/** Creates the table as `core/queue/table-layout.ts` lays it out; answers its name. */
export async function createTable(client: DynamoDBClient): Promise<string> {
  const { partitionKey, sortKey, indexes, stream } = tableLayout;
  const attributes = new Set([partitionKey, sortKey, ...Object.values(indexes).flatMap((index) => [index.partitionKey, index.sortKey])]);
  const TableName = `store-${randomUUID()}`;
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [...attributes].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: keySchema(partitionKey, sortKey),
      GlobalSecondaryIndexes: Object.values(indexes).map((index) => ({
        IndexName: index.name,
        KeySchema: keySchema(index.partitionKey, index.sortKey),
        Projection: { ProjectionType: index.projection },
      })),
      StreamSpecification: { StreamEnabled: true, StreamViewType: stream },
    }),
  );
  return TableName;
}
