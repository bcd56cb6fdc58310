import { GetRoleCommand, IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { paginateListServiceQuotas, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { AccountFacts } from './facts.ts';
import { optional, type Complain } from './optional.ts';

/** Roles that EC2 makes itself where the caller may; the functions of the orchestrator may not. */
export const serviceLinkedRoles = {
  AWSServiceRoleForEC2Fleet: 'ec2fleet.amazonaws.com',
  AWSServiceRoleForEC2Spot: 'spot.amazonaws.com',
} as const;

const bootstrapParameter = '/cdk-bootstrap/hnb659fds/version';

/** Asks the account of the default credentials. What it refuses to tell stays unknown, and `complain` hears why. */
export async function readAccount(region: string, complain: Complain): Promise<AccountFacts> {
  const [caller, roles, ec2Quotas, lambdaConcurrency, bootstrapVersion] = await Promise.all([
    optional('sts:GetCallerIdentity', complain, () => readCaller(region)),
    optional('iam:GetRole', complain, () => readServiceLinkedRoles(region)),
    optional('servicequotas:ListServiceQuotas', complain, () => readEc2Quotas(region)),
    optional('lambda:GetAccountSettings', complain, () => readConcurrency(region)),
    optional('ssm:GetParameter', complain, () => readBootstrapVersion(region)),
  ]);
  return { caller, serviceLinkedRoles: roles, ec2Quotas, lambdaConcurrency, bootstrapVersion };
}

async function readCaller(region: string): Promise<AccountFacts['caller']> {
  const { Account: account = '', Arn: arn = '' } = await new STSClient({ region }).send(new GetCallerIdentityCommand({}));
  return { account, arn };
}

async function readServiceLinkedRoles(region: string): Promise<Set<string>> {
  const iam = new IAMClient({ region });
  const names = Object.keys(serviceLinkedRoles);
  const found = await Promise.all(names.map(async (RoleName) => {
    try {
      await iam.send(new GetRoleCommand({ RoleName }));
      return true;
    } catch (error) {
      if (error instanceof NoSuchEntityException) return false;
      throw error;
    }
  }));
  return new Set(names.filter((_, index) => found[index]));
}

async function readEc2Quotas(region: string): Promise<Map<string, number>> {
  const quotas = new Map<string, number>();
  const pages = paginateListServiceQuotas({ client: new ServiceQuotasClient({ region }) }, { ServiceCode: 'ec2' });
  for await (const { Quotas = [] } of pages) {
    for (const { QuotaCode, Value } of Quotas) {
      if (QuotaCode !== undefined && Value !== undefined) quotas.set(QuotaCode, Value);
    }
  }
  return quotas;
}

async function readConcurrency(region: string): Promise<number | undefined> {
  const { AccountLimit } = await new LambdaClient({ region }).send(new GetAccountSettingsCommand({}));
  return AccountLimit?.ConcurrentExecutions;
}

async function readBootstrapVersion(region: string): Promise<number> {
  try {
    const { Parameter } = await new SSMClient({ region }).send(new GetParameterCommand({ Name: bootstrapParameter }));
    return Number(Parameter?.Value);
  } catch (error) {
    if (error instanceof ParameterNotFound) return 0;
    throw error;
  }
}
