import { afterAll, beforeAll, describe, jest } from '@jest/globals';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startMiniStack, type MiniStack } from '../ministack.ts';
import { storeContracts } from './contracts.ts';
import { invariantsContract } from './invariants.contract.ts';
import { dynamoClient, dynamoWorld } from './world.ts';

// Hangs are what this guards against; how fast a local DynamoDB is on a busy machine is nobody's contract.
jest.setTimeout(120_000);

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

  describe.each(storeContracts)('%s', (_port, contract) => {
    contract(() => dynamoWorld(client));
  });

  describe('invariants', () => {
    invariantsContract(4, 40)(() => dynamoWorld(client));
  });
});
