import { z } from 'zod';

import { INSTANCE_TYPES } from '../facts/facts.ts';
import type { InstanceTypeFacts } from '../facts/facts.ts';
import type { Caller } from '../http/caller.ts';
import { page } from '../protocol/paging.ts';
import { readInput } from '../protocol/read-input.ts';
import { ServiceError } from '../protocol/service-error.ts';
import { authorize } from '../ssm/access.ts';
import type { JsonAction } from '../ssm/actions.ts';

const inputSchema = z.looseObject({
  ServiceCode: z.string(),
  Filters: z.array(z.looseObject({ Type: z.string(), Field: z.string(), Value: z.string() })).default([]),
  NextToken: z.string().optional(),
  MaxResults: z.int().min(1).max(100).default(100),
});

/** The simulated actions of the Price List service. */
export const PRICING_ACTIONS: Readonly<Record<string, JsonAction>> = { GetProducts: getProducts };

/** `GetProducts` of AmazonEC2: on-demand Linux instances with shared tenancy, as price list JSON. */
async function getProducts(input: unknown, caller: Caller): Promise<object> {
  const request = readInput(inputSchema, input);
  await authorize(caller, [{ action: 'pricing:GetProducts', resource: '*' }]);
  if (request.ServiceCode !== 'AmazonEC2') {
    throw new ServiceError('InvalidParameterException', `The fleet simulator has no prices of ${request.ServiceCode}`);
  }
  const products = [...INSTANCE_TYPES].map(([type, facts]) => ({ type, facts, attributes: attributesOf(type, facts, caller.region) }));
  const wanted = products.filter(({ attributes }) =>
    request.Filters.every(({ Field, Value }) => attributes[Field] === undefined || attributes[Field] === Value),
  );
  const { items, nextToken } = page(wanted, ({ type }) => type, request.NextToken, request.MaxResults, 'InvalidNextTokenException');
  return {
    FormatVersion: 'aws_v1',
    PriceList: items.map(({ type, facts, attributes }) => JSON.stringify(priceListItem(type, facts, attributes))),
    NextToken: nextToken,
  };
}

function attributesOf(type: string, facts: InstanceTypeFacts, region: string): Record<string, string> {
  return {
    instanceType: type,
    regionCode: region,
    location: region === 'us-east-1' ? 'US East (N. Virginia)' : region,
    operatingSystem: 'Linux',
    preInstalledSw: 'NA',
    tenancy: 'Shared',
    capacitystatus: 'Used',
    licenseModel: 'No License required',
    marketoption: 'OnDemand',
    vcpu: String(facts.vcpus),
    memory: `${facts.memoryMiB / 1024} GiB`,
    servicecode: 'AmazonEC2',
    usagetype: `BoxUsage:${type}`,
    operation: 'RunInstances',
  };
}

function priceListItem(type: string, facts: InstanceTypeFacts, attributes: Record<string, string>): object {
  const sku = Buffer.from(type).toString('hex').toUpperCase();
  const offer = `${sku}.JRTCKXETXF`;
  const rate = `${offer}.6YS6EN2CT7`;
  return {
    product: { productFamily: 'Compute Instance', attributes, sku },
    serviceCode: 'AmazonEC2',
    terms: {
      OnDemand: {
        [offer]: {
          sku,
          offerTermCode: 'JRTCKXETXF',
          priceDimensions: {
            [rate]: {
              unit: 'Hrs',
              rateCode: rate,
              description: `$${facts.onDemandUsdPerHour} per On Demand Linux ${type} Instance Hour`,
              beginRange: '0',
              endRange: 'Inf',
              appliesTo: [],
              pricePerUnit: { USD: facts.onDemandUsdPerHour.toFixed(10) },
            },
          },
          effectiveDate: '2026-01-01T00:00:00Z',
          termAttributes: {},
        },
      },
    },
    version: '20260101000000',
    publicationDate: '2026-01-01T00:00:00Z',
  };
}
