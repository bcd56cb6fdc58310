import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic, type ITopic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { DeploymentConfiguration } from '../configuration/schema.ts';
import { severities, type Severity } from './severity.ts';

export interface AlarmTopicsProps {
  readonly configuration: DeploymentConfiguration;
  readonly key?: IKey;
}

/** A topic for each severity: those that the deployment names, new ones for the others. One that is named twice is one. */
export function alarmTopics(scope: Construct, { configuration, key }: AlarmTopicsProps): Readonly<Record<Severity, ITopic>> {
  const { email, topicArn, topics: named } = configuration.alarms;
  const byArn = new Map<string, ITopic>();
  const topicOf = (severity: Severity): ITopic => {
    const arn = named[severity] ?? topicArn;
    const topic = arn === undefined ? newTopic(scope, severity, { configuration, ...(key && { key }) }) : byArn.get(arn) ?? Topic.fromTopicArn(scope, idOf(severity), arn);
    if (arn !== undefined) byArn.set(arn, topic);
    return topic;
  };
  const topics = { wake: topicOf('wake'), look: topicOf('look'), know: topicOf('know') };
  if (email !== undefined) {
    for (const topic of new Set([topics.wake, topics.look])) topic.addSubscription(new EmailSubscription(email));
  }
  if (key !== undefined && severities.some((severity) => topics[severity] instanceof Topic)) admitCloudWatch(key);
  return topics;
}

function idOf(severity: Severity): string {
  return `${severity.charAt(0).toUpperCase()}${severity.slice(1)}Topic`;
}

/** Mail comes from the topic's name. */
function newTopic(scope: Construct, severity: Severity, { configuration, key }: AlarmTopicsProps): Topic {
  const topic = new Topic(scope, idOf(severity), {
    displayName: `${configuration.name} ${severity}`, enforceSSL: true, ...(key === undefined ? {} : { masterKey: key }),
  });
  // The policy that enforces TLS takes the place of SNS's own, by which CloudWatch might publish.
  topic.addToResourcePolicy(new PolicyStatement({
    actions: ['sns:Publish'],
    principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
    resources: [topic.topicArn],
    conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(topic).account } },
  }));
  return topic;
}

/** CloudWatch may not use the key that AWS manages for SNS, so a topic is encrypted with the deployment's key or none. */
function admitCloudWatch(key: IKey): void {
  key.grant(new ServicePrincipal('cloudwatch.amazonaws.com'), 'kms:Decrypt', 'kms:GenerateDataKey');
}
