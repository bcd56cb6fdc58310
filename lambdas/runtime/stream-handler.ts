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
  run(items: readonly StreamItem[]): Promise<void>;
  /** Called once for a batch, with the items that `run` was done with. What it throws is logged, and holds nothing up. */
  afterwards?(items: readonly StreamItem[]): Promise<void>;
}

/** An item as it was written. */
type StreamItem = Readonly<Record<string, unknown>>;

/** A Lambda handler of a DynamoDB stream with `ReportBatchItemFailures`. */
export type StreamHandler = (event: DynamoDBStreamEvent, context: Context) => Promise<DynamoDBBatchResponse>;

/**
 * Makes a reaction a Lambda handler. A shard is an order, so the first chunk that fails ends the batch: the stream
 * delivers again from its first record on, and what went before is not repeated.
 */
export function streamHandler(reaction: StreamReaction): StreamHandler {
  return onStack<DynamoDBStreamEvent, DynamoDBBatchResponse>(async ({ Records }) => {
    const failed = await failedFrom(reaction, Records);
    await finish(reaction, Records.slice(0, failed));
    const first = failed === undefined ? undefined : Records[failed]?.dynamodb?.SequenceNumber;
    return { batchItemFailures: failed === undefined ? [] : [{ itemIdentifier: first ?? '' }] };
  });
}

/** Where the first chunk begins that fails. */
async function failedFrom(reaction: StreamReaction, records: readonly DynamoDBRecord[]): Promise<number | undefined> {
  for (let at = 0; at < records.length; at += reaction.chunkSize) {
    const chunk = records.slice(at, at + reaction.chunkSize);
    try {
      await reaction.run(chunk.flatMap(newImage));
    } catch (error) {
      logFailure('Stream records failed', error, { jobIds: jobsOf(chunk) });
      return at;
    }
  }
  return undefined;
}

async function finish(reaction: StreamReaction, records: readonly DynamoDBRecord[]): Promise<void> {
  try {
    await reaction.afterwards?.(records.flatMap(newImage));
  } catch (error) {
    logFailure('What follows stream records failed', error, { jobIds: jobsOf(records) });
  }
}

/** Jobs that a failure names. */
const MOST_NAMED = 20;

/** Read as they came: what failed may be to understand them. */
function jobsOf(records: readonly DynamoDBRecord[]): readonly string[] {
  return [...new Set(records.flatMap(({ dynamodb }) => dynamodb?.NewImage?.['jobId']?.S ?? []))].slice(0, MOST_NAMED);
}

/** A deletion has no new image. */
function newImage(record: DynamoDBRecord): readonly StreamItem[] {
  const image = record.dynamodb?.NewImage;
  // The event's types and the SDK's describe the same JSON, each in its own words.
  return image === undefined ? [] : [unmarshall(image as Record<string, AttributeValue>)];
}
