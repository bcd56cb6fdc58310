import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, DeleteMessageBatchCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Account } from '../cloud/account.ts';

/** What a topic was told of an alarm. */
export interface Told {
  readonly alarm: string;
  readonly state: string;
}

/** Somebody who is subscribed to a topic, and keeps in mind all that it tells. */
export class Subscriber {
  readonly #sqs: SQSClient;
  readonly #queueUrl: string;
  readonly #told: Told[] = [];

  private constructor(sqs: SQSClient, queueUrl: string) {
    this.#sqs = sqs;
    this.#queueUrl = queueUrl;
  }

  static async of({ client }: Account, topicArn: string): Promise<Subscriber> {
    const sqs = new SQSClient(client);
    const QueueName = `told-${topicArn.split(':').at(-1)?.slice(-60)}-${Date.now().toString(36)}`;
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes: { Policy: admitting(topicArn) } }));
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
    await new SNSClient(client).send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: Attributes?.['QueueArn'] }));
    return new Subscriber(sqs, QueueUrl);
  }

  /** All that was told so far, the first first. */
  async told(): Promise<readonly Told[]> {
    for (;;) {
      const { Messages: messages = [] } = await this.#sqs.send(new ReceiveMessageCommand({ QueueUrl: this.#queueUrl, MaxNumberOfMessages: 10 }));
      if (messages.length === 0) return this.#told;
      this.#told.push(...messages.map(({ Body: body = '{}' }) => announcement(body)));
      await this.#sqs.send(new DeleteMessageBatchCommand({
        QueueUrl: this.#queueUrl, Entries: messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
      }));
    }
  }
}

/** The policy of a queue to which the topic may send. */
function admitting(topicArn: string): string {
  const statement = { Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: '*', Condition: { ArnEquals: { 'aws:SourceArn': topicArn } } };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

function announcement(body: string): Told {
  const { Message: message } = JSON.parse(body) as { readonly Message: string };
  const { AlarmName: alarm, NewStateValue: state } = JSON.parse(message) as { readonly AlarmName: string; readonly NewStateValue: string };
  return { alarm, state };
}
