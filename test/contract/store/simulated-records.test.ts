import { describe, jest } from '@jest/globals';
import { DynamoSimulatedRecords } from '../../../lambdas/adapters/dynamodb/dynamo-simulated-records.ts';
import { OrchestratorTable } from '../../../lambdas/adapters/dynamodb/orchestrator-table.ts';
import { ManualClock } from '../../builders/capacity.ts';
import { InMemorySimulatedRecords } from '../../fakes/in-memory-simulated-records.ts';
import { describeSimulatedRecords } from './simulated-records.contract.ts';
import { ownDynamo } from './own-dynamo.ts';
import { createTable } from './world.ts';

jest.setTimeout(120_000);

describeSimulatedRecords('in memory', async () => new InMemorySimulatedRecords());

describe('on DynamoDB', () => {
  const dynamo = ownDynamo();

  describeSimulatedRecords('in the table', async () => new DynamoSimulatedRecords(new OrchestratorTable(dynamo.client(), await createTable(dynamo.client())), new ManualClock()));
});
