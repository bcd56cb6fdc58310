import { afterAll, beforeAll, describe, jest } from '@jest/globals';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoSimulatedRecords } from '../../../lambdas/adapters/dynamodb/dynamo-simulated-records.ts';
import { OrchestratorTable } from '../../../lambdas/adapters/dynamodb/orchestrator-table.ts';
import { ManualClock } from '../../builders/capacity.ts';
import { InMemorySimulatedRecords } from '../../fakes/in-memory-simulated-records.ts';
import { startMiniStack, type MiniStack } from '../ministack.ts';
import { describeSimulatedRecords } from './simulated-records.contract.ts';
import { createTable, dynamoClient } from './world.ts';

jest.setTimeout(120_000);

describeSimulatedRecords('in memory', async () => new InMemorySimulatedRecords());

describe('on DynamoDB', () => {
  let cloud: MiniStack;
  let client: DynamoDBClient;

  beforeAll(async () => {
    cloud = await startMiniStack();
    client = dynamoClient(cloud.endpoint);
  }, 90_000);

  afterAll(async () => {
    client?.destroy();
    await cloud?.stop();
  });

  describeSimulatedRecords('in the table', async () => new DynamoSimulatedRecords(new OrchestratorTable(client, await createTable(client)), new ManualClock()));
});
