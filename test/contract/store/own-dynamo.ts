import { afterAll, beforeAll } from '@jest/globals';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startMiniStack, type MiniStack } from '../ministack.ts';
import { dynamoClient } from './world.ts';

/** Starts MiniStack for a test file, or a `describe` of it, and ends it after the tests; answers where it is and a client, once it has begun. */
export function ownDynamo(): { readonly endpoint: () => string; readonly client: () => DynamoDBClient } {
  let cloud: MiniStack | undefined;
  let client: DynamoDBClient | undefined;
  beforeAll(async () => {
    cloud = await startMiniStack();
    client = dynamoClient(cloud.endpoint);
  }, 90_000);
  afterAll(async () => {
    client?.destroy();
    await cloud?.stop();
  });
  const begun = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('DynamoDB has not begun yet: ask within a test or a hook.');
    return value;
  };
  return { endpoint: () => begun(cloud).endpoint, client: () => begun(client) };
}
