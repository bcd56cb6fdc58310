import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { GetExecutionHistoryCommand, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient, GetCommand, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Job, JobEvent } from '../../../core/job/job.ts';
import { administrator } from '../../../local/cdk.ts';
import { region } from '../../../local/environment-file.ts';

/** A key of the table with the attributes that tests look at. */
export interface TableItem {
  readonly pk: string;
  readonly sk: string;
  readonly [attribute: string]: unknown;
}

/** The account as its administrator sees it. */
export class Account {
  /** What every SDK client of the administrator needs. */
  readonly client: { readonly endpoint: string; readonly region: string; readonly credentials: typeof administrator };
  readonly #table: string;
  readonly #jobLogs: string;
  readonly #documents: DynamoDBDocumentClient;
  readonly #lambda: LambdaClient;
  readonly #logs: CloudWatchLogsClient;
  readonly #machines: SFNClient;

  constructor({ endpoint, outputs }: { readonly endpoint: string; readonly outputs: Readonly<Record<string, string>> }) {
    this.client = { endpoint, region, credentials: administrator };
    this.#table = outputs['TableName'] ?? '';
    this.#jobLogs = outputs['JobLogGroupName'] ?? '';
    const dynamo = new DynamoDBClient(this.client);
    this.#documents = DynamoDBDocumentClient.from(dynamo, { unmarshallOptions: { wrapNumbers: Number } });
    this.#lambda = new LambdaClient(this.client);
    this.#logs = new CloudWatchLogsClient(this.client);
    this.#machines = new SFNClient(this.client);
  }

  /** A job as it is stored. Waiting asks the table: the API answers with a function each time, and that is a process here. */
  async job(jobId: string): Promise<Pick<Job, 'state' | 'outcome' | 'reason' | 'attempt'> | undefined> {
    const { Item: item } = await this.#documents.send(new GetCommand({
      TableName: this.#table, Key: { pk: `JOB#${jobId}`, sk: 'JOB' }, ConsistentRead: true,
    }));
    return item as Job | undefined;
  }

  /** A job's history as it is stored. */
  async eventsOf(jobId: string): Promise<readonly Pick<JobEvent, 'number' | 'type' | 'message' | 'from' | 'to'>[]> {
    const { Items: items = [] } = await this.#documents.send(new QueryCommand({
      TableName: this.#table, ConsistentRead: true, KeyConditionExpression: 'pk = :job AND begins_with(sk, :event)',
      ExpressionAttributeValues: { ':job': `JOB#${jobId}`, ':event': 'EVENT#' },
    }));
    return items.map((item) => item as JobEvent);
  }

  /** Whether a step of the job has written this text. */
  async wrote(jobId: string, text: string): Promise<boolean> {
    const { events = [] } = await this.#logs.send(new FilterLogEventsCommand({ logGroupName: this.#jobLogs, logStreamNamePrefix: `${jobId}/` }));
    // MiniStack looks at no prefix: it answers with the lines of all jobs.
    return events.some(({ logStreamName = '', message = '' }) => logStreamName.startsWith(`${jobId}/`) && message.includes(text));
  }

  /** All items of the table whose partition key begins so. */
  async items(prefix = ''): Promise<readonly TableItem[]> {
    const found: TableItem[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const page = await this.#documents.send(new ScanCommand({
        TableName: this.#table, ConsistentRead: true, ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      }));
      found.push(...(page.Items ?? []).map((item) => item as TableItem));
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    return found.filter(({ pk }) => pk.startsWith(prefix));
  }

  /** Name of the one deployed function whose name contains `part`, such as `EventsReconcile`. */
  async functionName(part: string): Promise<string> {
    const names: string[] = [];
    let marker: string | undefined;
    do {
      const page = await this.#lambda.send(new ListFunctionsCommand(marker === undefined ? {} : { Marker: marker }));
      names.push(...(page.Functions ?? []).map(({ FunctionName: name = '' }) => name));
      marker = page.NextMarker;
    } while (marker !== undefined);
    const [name, ...others] = names.filter((candidate) => candidate.includes(part));
    if (name === undefined || others.length > 0) throw new Error(`${others.length === 0 ? 'No' : 'More than one'} function is named …${part}…: ${names.join(', ')}`);
    return name;
  }

  /**
   * Invokes a function and waits for its answer.
   *
   * @throws with what the function said when it fails.
   */
  async invoke(part: string, event: object = {}): Promise<unknown> {
    const { FunctionError: failure, Payload: payload } = await this.#lambda.send(new InvokeCommand({
      FunctionName: await this.functionName(part), Payload: JSON.stringify(event),
    }));
    const answer = payload?.transformToString() ?? '';
    if (failure !== undefined) throw new Error(`${part} failed: ${answer}`);
    return answer === '' ? undefined : JSON.parse(answer);
  }

  /** Has the reconciler make its pass now instead of within the minute. */
  async reconcile(): Promise<void> {
    await this.invoke('EventsReconcile');
  }

  /** States that the execution of a job's latest attempt has entered. */
  async statesOf(jobId: string): Promise<readonly string[]> {
    const names: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.#machines.send(new GetExecutionHistoryCommand({ executionArn: await this.#execution(jobId), nextToken }));
      names.push(...(page.events ?? []).flatMap(({ stateEnteredEventDetails: entered }) => entered?.name ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return names;
  }

  /** Stops the execution of a job's latest attempt, as somebody might in the console. */
  async stopExecution(jobId: string): Promise<void> {
    await this.#machines.send(new StopExecutionCommand({ executionArn: await this.#execution(jobId) }));
  }

  async #execution(jobId: string): Promise<string> {
    const attempts = (await this.items(`JOB#${jobId}`)).filter(({ sk }) => sk.startsWith('ATTEMPT#'));
    const arn = attempts.at(-1)?.['executionArn'];
    if (typeof arn !== 'string') throw new Error(`Job ${jobId} has no execution.`);
    return arn;
  }
}
