import {
  DeleteFunctionConcurrencyCommand, GetFunctionConfigurationCommand, InvokeCommand, PutFunctionConcurrencyCommand, UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { ListQueuesCommand, PurgeQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { LocalAccount, type DeployedAt, type TakeBack } from '../account.ts';

/** The account that failures happen in. */
export class DrillAccount extends LocalAccount {
  readonly #queues: SQSClient;

  constructor(deployed: DeployedAt) {
    super(deployed);
    this.#queues = new SQSClient(this.client);
  }

  /** Gives a function an event that it cannot read, as a bus would. Taking it back empties the queue of what could not be handled. */
  async poison(part: string, event: object): Promise<TakeBack> {
    await this.lambda.send(new InvokeCommand({ FunctionName: await this.functionName(part), InvocationType: 'Event', Payload: JSON.stringify(event) }));
    return async () => {
      const { QueueUrls: urls = [] } = await this.#queues.send(new ListQueuesCommand({}));
      for (const QueueUrl of urls.filter((url) => url.includes(part))) await this.#queues.send(new PurgeQueueCommand({ QueueUrl }));
    };
  }

  /** No invocation of the function is admitted any more. */
  async stopFunction(part: string): Promise<TakeBack> {
    const FunctionName = await this.functionName(part);
    await this.lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
    return async () => { await this.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName })); };
  }

  /** Sets variables of a function’s environment. */
  async changeEnvironment(part: string, changed: Readonly<Record<string, string>>): Promise<TakeBack> {
    const FunctionName = await this.functionName(part);
    const { Environment: { Variables = {} } = {} } = await this.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    await this.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables: { ...Variables, ...changed } } }));
    return async () => { await this.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } })); };
  }
}
