import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup, type LogGroupProps, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { DeploymentConfiguration } from '../configuration/schema.ts';

/** A log group with the deployment's retention, gone with the stack unless `props` say otherwise. */
export function retainedLogGroup(
  scope: Construct, id: string, configuration: DeploymentConfiguration, props: LogGroupProps = {},
): LogGroup {
  // The enumeration's values are numbers of days; the schema admits only those that CloudWatch Logs knows.
  const retention: RetentionDays = configuration.logRetentionDays;
  return new LogGroup(scope, id, { retention, removalPolicy: RemovalPolicy.DESTROY, ...props });
}
