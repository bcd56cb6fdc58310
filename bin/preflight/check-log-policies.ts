import type { DeploymentConfiguration } from '../../lib/configuration/schema.ts';
import { tracesGoToCloudWatch } from './check-traces.ts';
import type { LogPoliciesFacts } from './facts.ts';
import { fail, ok, warn, type Finding } from './finding.ts';
import { namesLogGroup } from './policy-resources.ts';

const check = 'log policies';
/** In an account and region: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html. */
const mostPolicies = 10;
const mostCharacters = 5120;
/** What a log group of the deployment adds to a policy: its ARN, with room. */
const charactersOfGroup = 300;
/**
 * Where Step Functions enters the log groups of all state machines, and takes none out. That is what its own pages say; those of
 * CloudWatch Logs say that a new log group gets a policy of its own, unless one of the account covers it:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html.
 */
const logDelivery = 'AWSLogDeliveryWrite20150319';
/** What docs/deploy.md has whoever turns Transaction Search on make. The console and templates call it otherwise. */
const ofTraces = { name: 'TransactionSearchXRayAccess', principal: 'xray.amazonaws.com' };

const wayOut = 'AWS raises this quota for nobody. See them with "aws logs describe-resource-policies", and delete one that nothing needs: '
  + 'aws logs delete-resource-policy --policy-name <name>';

/** What the log group of a deployment's state machine is called, up to what CloudFormation makes up. */
export const machineLogsPrefix = ({ name }: Pick<DeploymentConfiguration, 'name'>): string => `${name}-LifecycleMachineLogs`;

/**
 * Resource policies of CloudWatch Logs: room for the one that lets EventBridge write the audit, for that of state machines and, where
 * spans go to CloudWatch, that of X-Ray; and room in the one of state machines.
 */
export function checkLogPolicies(configuration: DeploymentConfiguration, facts: LogPoliciesFacts): Finding[] {
  return [checkRoom(configuration, facts.policies), ...checkDelivery(configuration, facts)];
}

function checkRoom(configuration: DeploymentConfiguration, policies: LogPoliciesFacts['policies']): Finding {
  const detail = `${policies.size} of ${mostPolicies} resource policies of CloudWatch Logs are there`;
  const ofDeployment = [`${configuration.name}-audit`, logDelivery].filter((policy) => !policies.has(policy));
  const missing = [...ofDeployment, ...(lacksTraces(configuration, policies) ? [ofTraces.name] : [])];
  const room = mostPolicies - policies.size;
  if (missing.length <= room) return ok(check, detail);
  // Without that of traces a deployment works, and spans are dropped.
  const say = ofDeployment.length > room ? fail : warn;
  return say(check, `${detail}, and a deployment needs ${missing.join(' and ')} as well`, wayOut);
}

function lacksTraces({ telemetry }: DeploymentConfiguration, policies: LogPoliciesFacts['policies']): boolean {
  if (!tracesGoToCloudWatch(telemetry)) return false;
  return !policies.has(ofTraces.name) && ![...policies.values()].some((document) => document.includes(ofTraces.principal));
}

function checkDelivery(configuration: DeploymentConfiguration, { policies, machineLogs }: LogPoliciesFacts): Finding[] {
  const document = policies.get(logDelivery);
  if (document === undefined || document.length + charactersOfGroup <= mostCharacters) return [];
  // Before the first deployment there is no log group: only what names any of them names it.
  const groups = machineLogs.length === 0 ? [`${machineLogsPrefix(configuration)}-`] : machineLogs;
  if (groups.every((group) => namesLogGroup(document, group))) return [];
  return [warn(check, `${logDelivery} has ${document.length} of ${mostCharacters} characters: a log group more may not fit, and then no state machine that logs can be made`,
    `Take log groups out of it that are gone: aws logs put-resource-policy --policy-name ${logDelivery} --policy-document <without them>`)];
}
