import { Duration, Validations } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { EventField, Rule, RuleTargetInput, type EventPattern, type IEventBus } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic, type ITopic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { DeploymentConfiguration } from '../configuration/schema.ts';

const runbook = 'docs/runbook/README.md';
const period = Duration.minutes(5);

/** When an alarm rings and where its runbook is. */
export interface AlarmTerms {
  /** What happened, as a person on call wants to read it. */
  readonly description: string;
  /** Anchor of the section in `docs/runbook/README.md`. */
  readonly section: string;
  /** Rings at this value or beyond. */
  readonly threshold: number;
  readonly evaluationPeriods?: number;
}

/** The deployment's alarms: one topic that all of them tell, each with the section of the runbook that it asks for. */
export class Alarms extends Construct {
  readonly topic: ITopic;
  readonly all: Alarm[] = [];
  private readonly action: SnsAction;

  constructor(scope: Construct, id: string, props: { configuration: DeploymentConfiguration; key?: IKey }) {
    super(scope, id);
    const { email, topicArn } = props.configuration.alarms;
    this.topic = topicArn === undefined ? alarmTopic(this, props.key) : Topic.fromTopicArn(this, 'Topic', topicArn);
    if (email !== undefined) this.topic.addSubscription(new EmailSubscription(email));
    this.action = new SnsAction(this.topic);
  }

  /** Rings when a metric reaches the threshold; silence is good news. */
  when(id: string, metric: IMetric, terms: AlarmTerms): Alarm {
    return this.alarm(id, metric, terms, ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD, TreatMissingData.NOT_BREACHING);
  }

  /** Rings when a function that should run every minute was not invoked for a quarter of an hour. */
  whenSilent(id: string, heartbeat: IFunction, terms: Omit<AlarmTerms, 'threshold'>): Alarm {
    const invocations = heartbeat.metricInvocations({ period, statistic: 'Sum' });
    const silent = { evaluationPeriods: 3, ...terms, threshold: 1 };
    return this.alarm(id, invocations, silent, ComparisonOperator.LESS_THAN_THRESHOLD, TreatMissingData.BREACHING);
  }

  /** Rings when there is a message in a dead-letter queue. */
  deadLetters(handlerName: string, queue: IQueue): Alarm {
    const waiting = queue.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' });
    return this.when(`DeadLetters-${handlerName.replace('/', '-')}`, waiting, {
      description: `Events that ${handlerName} could not take wait in ${queue.node.id}.`,
      section: 'dead-letters',
      threshold: 1,
    });
  }

  /** Tells the topic of every job event of a kind, with the job and its namespace. */
  onJobEvent(id: string, eventBus: IEventBus, detail: EventPattern['detail'], terms: Pick<AlarmTerms, 'description' | 'section'>): Rule {
    Validations.of(this).acknowledge({
      id: 'Annotation::@aws-cdk/aws-events:ruleUnresolvedEnvironment', reason: 'A topic given by its ARN: its owner admits EventBridge.',
    });
    const job = `job ${EventField.fromPath('$.detail.jobId')} of ${EventField.fromPath('$.detail.namespace')}`;
    const message = RuleTargetInput.fromText(`${terms.description} It is ${job}. Runbook: ${runbook}#${terms.section}`);
    return new Rule(this, id, {
      eventBus,
      eventPattern: { source: ['orchestrator'], ...(detail === undefined ? {} : { detail }) },
      targets: [new SnsTopic(this.topic, { message })],
    });
  }

  private alarm(
    id: string, metric: IMetric, terms: AlarmTerms, comparisonOperator: ComparisonOperator, treatMissingData: TreatMissingData,
  ): Alarm {
    const alarm = new Alarm(this, id, {
      metric,
      threshold: terms.threshold,
      evaluationPeriods: terms.evaluationPeriods ?? 1,
      comparisonOperator,
      treatMissingData,
      alarmDescription: `${terms.description} Runbook: ${runbook}#${terms.section}`,
    });
    alarm.addAlarmAction(this.action);
    this.all.push(alarm);
    return alarm;
  }
}

/** CloudWatch may not use the key that AWS manages for SNS, so a topic is encrypted with the deployment's key or none. */
function alarmTopic(scope: Construct, key: IKey | undefined): Topic {
  for (const service of ['cloudwatch.amazonaws.com', 'events.amazonaws.com']) {
    key?.grant(new ServicePrincipal(service), 'kms:Decrypt', 'kms:GenerateDataKey');
  }
  return new Topic(scope, 'Topic', { enforceSSL: true, ...(key === undefined ? {} : { masterKey: key }) });
}
