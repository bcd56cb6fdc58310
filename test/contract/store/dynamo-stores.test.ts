import { describe, jest } from '@jest/globals';
import { storeContracts } from './contracts.ts';
import { invariantsContract } from './invariants.contract.ts';
import { ownDynamo } from './own-dynamo.ts';
import { dynamoWorld } from './world.ts';

// Hangs are what this guards against; how fast a local DynamoDB is on a busy machine is nobody's contract.
jest.setTimeout(120_000);

describe('on DynamoDB', () => {
  const dynamo = ownDynamo();

  describe.each(storeContracts)('%s', (_port, contract) => {
    contract(() => dynamoWorld(dynamo.client()));
  });

  describe('invariants', () => {
    invariantsContract(4, 40)(() => dynamoWorld(dynamo.client()));
  });
});
