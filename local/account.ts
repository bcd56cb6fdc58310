import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteRolePolicyCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { administrator } from './cdk.ts';
import { region } from './environment-file.ts';

/** Takes back what was done. */
export type TakeBack = () => Promise<void>;

/** Where a deployment is, and what its stack says of itself. */
export interface DeployedAt {
  readonly endpoint: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** The account of a deployment in a local cloud, as its administrator sees it. */
export class LocalAccount {
  /** What every SDK client of the administrator needs. */
  readonly client: { readonly endpoint: string; readonly region: string; readonly credentials: typeof administrator };
  protected readonly table: string;
  protected readonly documents: DynamoDBDocumentClient;
  protected readonly lambda: LambdaClient;
  protected readonly machines: SFNClient;
  readonly #jobLogs: string;
  readonly #iam: IAMClient;
  readonly #logs: CloudWatchLogsClient;

  constructor({ endpoint, outputs }: DeployedAt) {
    this.client = { endpoint, region, credentials: administrator };
    this.table = outputs['TableName'] ?? '';
    this.documents = DynamoDBDocumentClient.from(new DynamoDBClient(this.client), { unmarshallOptions: { wrapNumbers: Number } });
    this.lambda = new LambdaClient(this.client);
    this.machines = new SFNClient(this.client);
    this.#jobLogs = outputs['JobLogGroupName'] ?? '';
    this.#iam = new IAMClient(this.client);
    this.#logs = new CloudWatchLogsClient(this.client);
  }

  /** What is stored of a job under sort keys that begin so. Waiting asks the table: the API answers with a function each time, and that is a process here. */
  async itemsOf(jobId: string, prefix: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const { Items: items = [] } = await this.documents.send(new QueryCommand({
      TableName: this.table, ConsistentRead: true, KeyConditionExpression: 'pk = :job AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':job': `JOB#${jobId}`, ':prefix': prefix },
    }));
    return items;
  }

  /** Whether a step of the job has written this text. */
  async wrote(jobId: string, text: string): Promise<boolean> {
    const { events = [] } = await this.#logs.send(new FilterLogEventsCommand({ logGroupName: this.#jobLogs, logStreamNamePrefix: `${jobId}/` }));
    // MiniStack looks at no prefix: it answers with the lines of all jobs.
    return events.some(({ logStreamName = '', message = '' }) => logStreamName.startsWith(`${jobId}/`) && message.includes(text));
  }

  /** Stops the execution of a job's latest attempt, as somebody might in the console. */
  async stopExecution(jobId: string): Promise<void> {
    await this.machines.send(new StopExecutionCommand({ executionArn: await this.executionOf(jobId) }));
  }

  /** Adds a statement that denies something to the role of a function. */
  async deny(part: string, denied: object): Promise<TakeBack> {
    const { Role: role = '' } = await this.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: await this.functionName(part) }));
    const policy = { RoleName: role.split('/').at(-1), PolicyName: 'denied-for-a-while' };
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', ...denied }] });
    await this.#iam.send(new PutRolePolicyCommand({ ...policy, PolicyDocument }));
    return async () => { await this.#iam.send(new DeleteRolePolicyCommand(policy)); };
  }

  /** Invokes a function, waits for its end, and answers what it said: an answer, or why it failed. */
  async run(part: string, event: object = {}): Promise<{ readonly failed: boolean; readonly said: string }> {
    const { FunctionError: failure, Payload: payload } = await this.lambda.send(new InvokeCommand({
      FunctionName: await this.functionName(part), Payload: JSON.stringify(event),
    }));
    return { failed: failure !== undefined, said: payload?.transformToString() ?? '' };
  }

  /** Name of the one deployed function whose name contains `part`, such as `EventsReconcile`. */
  async functionName(part: string): Promise<string> {
    const names: string[] = [];
    for await (const { Functions = [] } of paginateListFunctions({ client: this.lambda }, {})) names.push(...Functions.map(({ FunctionName = '' }) => FunctionName));
    const [name, ...others] = names.filter((candidate) => candidate.includes(part));
    if (name === undefined || others.length > 0) throw new Error(`${others.length === 0 ? 'No' : 'More than one'} function is named …${part}…: ${names.join(', ')}`);
    return name;
  }

  /** ARN of the execution of a job's latest attempt. */
  protected async executionOf(jobId: string): Promise<string> {
    const arn = (await this.itemsOf(jobId, 'ATTEMPT#')).at(-1)?.['executionArn'];
    if (typeof arn !== 'string') throw new Error(`Job ${jobId} has no execution.`);
    return arn;
  }
}
