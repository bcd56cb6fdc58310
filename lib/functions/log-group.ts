import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup, type LogGroupProps, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { DeploymentConfiguration, logKinds } from '../configuration/schema.ts';

/** What a log is of: it decides for how long it is kept. */
export type LogKind = (typeof logKinds)[number] | 'other';

/** A log group that does not grow for ever, gone with the stack unless `props` say otherwise. */
export function retainedLogGroup(
  scope: Construct, id: string, configuration: DeploymentConfiguration, kind: LogKind, props: LogGroupProps = {},
): LogGroup {
  const { logRetentionDays, retentionDays } = configuration;
  // The enumeration's values are numbers of days; the schema admits only those that CloudWatch Logs knows.
  const retention: RetentionDays = kind === 'other' ? logRetentionDays : retentionDays[kind] ?? logRetentionDays;
  return new LogGroup(scope, id, { retention, removalPolicy: RemovalPolicy.DESTROY, ...props });
}
