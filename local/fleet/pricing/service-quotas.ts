import { z } from 'zod';

import type { FleetContext } from '../context.ts';
import { QUOTAS } from '../facts/facts.ts';
import type { QuotaFacts } from '../facts/facts.ts';
import type { Caller } from '../http/caller.ts';
import { page } from '../protocol/paging.ts';
import { readInput } from '../protocol/read-input.ts';
import { ServiceError } from '../protocol/service-error.ts';
import { authorize } from '../ssm/access.ts';
import type { JsonAction } from '../ssm/actions.ts';

const listSchema = z.looseObject({
  ServiceCode: z.string(),
  NextToken: z.string().optional(),
  MaxResults: z.int().min(1).max(100).default(100),
});
const getSchema = z.looseObject({ ServiceCode: z.string(), QuotaCode: z.string() });

/** The simulated actions of Service Quotas. */
export const QUOTA_ACTIONS: Readonly<Record<string, JsonAction>> = {
  ListServiceQuotas: listServiceQuotas,
  GetServiceQuota: getServiceQuota,
};

/** `ListServiceQuotas` of EC2: the vCPU quotas that hold in the market. */
async function listServiceQuotas(input: unknown, caller: Caller, context: FleetContext): Promise<object> {
  const request = readInput(listSchema, input);
  await authorize(caller, [{ action: 'servicequotas:ListServiceQuotas', resource: '*' }]);
  const quotas = request.ServiceCode === 'ec2' ? QUOTAS : [];
  const { items, nextToken } = page(quotas, ({ code }) => code, request.NextToken, request.MaxResults, 'InvalidPaginationTokenException');
  return { Quotas: items.map((quota) => describe(quota, caller, context)), NextToken: nextToken };
}

/** `GetServiceQuota` */
async function getServiceQuota(input: unknown, caller: Caller, context: FleetContext): Promise<object> {
  const request = readInput(getSchema, input);
  await authorize(caller, [{ action: 'servicequotas:GetServiceQuota', resource: '*' }]);
  const quota = QUOTAS.find(({ code }) => request.ServiceCode === 'ec2' && code === request.QuotaCode);
  if (quota === undefined) {
    throw new ServiceError('NoSuchResourceException', `There is no quota ${request.QuotaCode} of ${request.ServiceCode}`);
  }
  return { Quota: describe(quota, caller, context) };
}

function describe(quota: QuotaFacts, caller: Caller, { market }: FleetContext): object {
  return {
    ServiceCode: 'ec2',
    ServiceName: 'Amazon Elastic Compute Cloud (Amazon EC2)',
    QuotaArn: `arn:aws:servicequotas:${caller.region}:${caller.account}:ec2/${quota.code}`,
    QuotaCode: quota.code,
    QuotaName: quota.name,
    Value: market.scenario.quotas[quota.code] ?? quota.vcpus,
    Unit: 'None',
    Adjustable: true,
    GlobalQuota: false,
  };
}
