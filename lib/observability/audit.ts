import { ArnFormat, Aws, Duration, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, type IEventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ResourcePolicy, type LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { AUDITED, askedForEvents } from '../../core/audit/audited-events.ts';
import type { DeploymentConfiguration } from '../configuration/schema.ts';
import { retainedLogGroup } from '../functions/log-group.ts';
import type { Alarms } from './alarms.ts';

export interface AuditProps {
  readonly configuration: DeploymentConfiguration;
  readonly bus: IEventBus;
  readonly alarms: Alarms;
}

/**
 * Who changed what, in a log group of its own: what users ask of jobs and what operators do, as the deployment's bus has
 * it. Nobody's role writes there, only EventBridge, and only for this rule.
 */
export class Audit extends Construct {
  readonly logs: LogGroup;

  constructor(scope: Construct, id: string, { configuration, bus, alarms }: AuditProps) {
    super(scope, id);
    this.logs = retainedLogGroup(this, 'Logs', configuration, 'audit', {
      // EventBridge's console offers only groups that are called so. What a stack of the same name left behind is in nobody's way.
      logGroupName: `/aws/events/${configuration.name}/audit-${Fn.select(0, Fn.split('-', Fn.select(2, Fn.split('/', Aws.STACK_ID))))}`,
      removalPolicy: configuration.production ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
    });
    const ruleName = `${configuration.name}-audit`;
    const rule = new Rule(this, 'Rule', {
      ruleName,
      eventBus: bus,
      description: 'Who changed what, for the audit',
      eventPattern: { source: ['orchestrator'], detailType: [...askedForEvents, AUDITED] },
    });
    const arn = Stack.of(this).formatArn({ service: 'logs', resource: 'log-group', resourceName: this.logs.logGroupName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
    // Targets of this kind have no role: the log group says whom it takes events from.
    rule.addTarget({ bind: () => ({ id: 'Log', arn }) });
    const principals = ['events', 'delivery.logs'].map((service) => new ServicePrincipal(`${service}.amazonaws.com`));
    new ResourcePolicy(this, 'Access', {
      resourcePolicyName: `${configuration.name}-audit`,
      policyStatements: [
        // In the name of which rule a stream is made is not said: AWS's own pattern conditions the writing alone
        // (https://github.com/aws-samples/serverless-patterns/pull/618), and no page names a key that is said for both. An empty
        // stream tells nothing and costs nothing.
        new PolicyStatement({ principals, actions: ['logs:CreateLogStream'], resources: [`${arn}:*`] }),
        new PolicyStatement({ principals, actions: ['logs:PutLogEvents'], resources: [`${arn}:*`], conditions: { ArnEquals: { 'aws:SourceArn': rule.ruleArn } } }),
      ],
    });
    const failed = new Metric({
      namespace: 'AWS/Events', metricName: 'FailedInvocations', dimensionsMap: { EventBusName: bus.eventBusName, RuleName: ruleName },
      statistic: 'Sum', period: Duration.minutes(5),
    });
    alarms.when('AuditNotWritten', failed, {
      severity: 'look', threshold: 1, section: 'audit-not-written',
      description: 'EventBridge could not write an entry to the log group of the audit.',
    });
  }
}
