import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { onStack } from './stack.ts';
import { logFailure } from './telemetry.ts';

/** What is done about the items that a table's stream says were written. */
export interface StreamReaction {
  /** How many items `run` takes at once. */
  readonly chunkSize: number;
  /** Called with new images in the order of the stream. Throwing fails the whole chunk: it is delivered again. */
  run(items: readonly Readonly<Record<string, unknown>>[]): Promise<void>;
}

/** A Lambda handler of a DynamoDB stream with `ReportBatchItemFailures`. */
export type StreamHandler = (event: DynamoDBStreamEvent, context: Context) => Promise<DynamoDBBatchResponse>;

/**
 * Makes a reaction a Lambda handler. A shard is an order, so the first chunk that fails ends the batch: the stream
 * delivers again from its first record on, and what went before is not repeated.
 */
export function streamHandler(reaction: StreamReaction): StreamHandler {
  return onStack<DynamoDBStreamEvent, DynamoDBBatchResponse>(async (event) => {
      for (let at = 0; at < event.Records.length; at += reaction.chunkSize) {
        const chunk = event.Records.slice(at, at + reaction.chunkSize);
        try {
          await reaction.run(chunk.flatMap(newImage));
        } catch (error) {
          logFailure('Stream records failed', error);
          return { batchItemFailures: [{ itemIdentifier: chunk[0]?.dynamodb?.SequenceNumber ?? '' }] };
        }
      }
      return { batchItemFailures: [] };
    });
}

/** A deletion has no new image. */
function newImage(record: DynamoDBRecord): readonly Readonly<Record<string, unknown>>[] {
  const image = record.dynamodb?.NewImage;
  // The event's types and the SDK's describe the same JSON, each in its own words.
  return image === undefined ? [] : [unmarshall(image as Record<string, AttributeValue>)];
}
