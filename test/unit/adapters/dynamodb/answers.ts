import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** A request as it would go out. */
interface SentRequest {
  readonly command: string;
  readonly body: { readonly ClientRequestToken?: string; readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>> };
}

/** An answer: an error is thrown as the network or DynamoDB would have it. */
export type Answer = (request: SentRequest) => Error | undefined;

const named = (name: string, fields: object = {}): Error => Object.assign(new Error(name), { name, $metadata: {}, ...fields });

export const timeout = (): Error => named('TimeoutError');
export const throttling = (): Error => named('ThrottlingException', { $fault: 'client', $retryable: { throttling: true } });
/** A transaction that DynamoDB cancels, with a code per action. */
export const cancelled = (...codes: readonly string[]): Error =>
  named('TransactionCanceledException', { $fault: 'client', CancellationReasons: codes.map((Code) => ({ Code })) });

/** A client whose network is `answer`, and what was sent. */
export function clientThatGets(answer: Answer): { readonly client: DynamoDBClient; readonly sent: readonly SentRequest[] } {
  const sent: SentRequest[] = [];
  const client = new DynamoDBClient({
    region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    retryStrategy: { mode: 'standard', acquireInitialRetryToken: async () => token(0), refreshRetryTokenForRetry: async (last) => nextToken(last.getRetryCount()), recordSuccess: () => undefined },
  });
  client.middlewareStack.add(
    (_next, context) => async ({ request }) => {
      const body = typeof request === 'object' && request !== null && 'body' in request ? request.body : undefined;
      const one = { command: String(context['commandName']), body: JSON.parse(body instanceof Uint8Array ? new TextDecoder().decode(body) : '{}') };
      sent.push(one);
      const error = answer(one);
      if (error !== undefined) throw error;
      return { response: {}, output: { $metadata: {} } };
    },
    { step: 'deserialize', name: 'answer', priority: 'high' },
  );
  return { client, sent };
}

/** The client's tries, without its waits. */
const CLIENT_TRIES = 3;
const token = (count: number) => ({ getRetryCount: () => count, getRetryDelay: () => 0 });

function nextToken(count: number): ReturnType<typeof token> {
  if (count + 1 >= CLIENT_TRIES) throw new Error('no tries left');
  return token(count + 1);
}
