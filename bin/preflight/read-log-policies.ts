import { CloudWatchLogsClient, DescribeLogGroupsCommand, DescribeResourcePoliciesCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { DeploymentConfiguration } from '../../lib/configuration/schema.ts';
import { machineLogsPrefix } from './check-log-policies.ts';
import type { LogPoliciesFacts } from './facts.ts';

/** All resource policies of CloudWatch Logs that the account has in the region; those of single log groups count elsewhere. */
export async function readLogPolicies(configuration: DeploymentConfiguration): Promise<LogPoliciesFacts> {
  const client = new CloudWatchLogsClient({ region: configuration.region });
  const [{ resourcePolicies = [] }, { logGroups = [] }] = await Promise.all([
    client.send(new DescribeResourcePoliciesCommand({ limit: 50 })),
    client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: machineLogsPrefix(configuration) })),
  ]);
  return {
    policies: new Map(resourcePolicies.map(({ policyName = '', policyDocument = '' }) => [policyName, policyDocument])),
    machineLogs: logGroups.map(({ logGroupName = '' }) => logGroupName),
  };
}
