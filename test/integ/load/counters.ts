import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { partitions } from '../../../lambdas/adapters/dynamodb/keys.ts';
import type { SharedCloud } from '../cloud/shared-cloud.ts';

/** The scheduler's counters, read straight from the table: how many jobs hold limits now. */
export function heldCounter({ account, outputs }: SharedCloud): () => Promise<number> {
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(account.client));
  const query = {
    TableName: outputs['TableName'] ?? '', ConsistentRead: true,
    KeyConditionExpression: 'pk = :shares', ExpressionAttributeValues: { ':shares': partitions.shares },
  };
  return async () => {
    const { Items: shares = [] } = await documents.send(new QueryCommand(query));
    return shares.reduce((sum, { runningJobs }) => sum + Number(runningJobs), 0);
  };
}
