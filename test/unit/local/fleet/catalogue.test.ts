import {
  DescribeAvailabilityZonesCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  DescribeSpotPriceHistoryCommand,
  GetSpotPlacementScoresCommand,
} from '@aws-sdk/client-ec2';
import { GetProductsCommand, PricingClient } from '@aws-sdk/client-pricing';
import { GetServiceQuotaCommand, ListServiceQuotasCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { TestFleet } from './test-fleet.ts';

describe('what is known of the cloud', () => {
  const fleet = new TestFleet({ scenario: { quotas: { 'L-417A185B': 96 }, capacity: [{ zone: 'us-east-1b', market: 'spot', capacity: 50 }] } });
  const client = () => ({ endpoint: fleet.simulator.url, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  beforeAll(() => fleet.start());
  afterAll(() => fleet.close());

  it('instance types with cores, memory, GPUs and EFA', async () => {
    const { InstanceTypes } = await fleet.ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes: ['p4d.24xlarge'] }));
    expect(InstanceTypes?.[0]).toMatchObject({
      VCpuInfo: { DefaultVCpus: 96, DefaultCores: 48 },
      MemoryInfo: { SizeInMiB: 1_179_648 },
      GpuInfo: { Gpus: [{ Name: 'A100', Count: 8 }] },
      NetworkInfo: { EfaSupported: true, EfaInfo: { MaximumEfaInterfaces: 4 } },
      SupportedUsageClasses: ['on-demand', 'spot'],
    });
    await expect(fleet.ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes: ['p9.huge' as 'm5.large'] }))).rejects.toMatchObject({ name: 'InvalidInstanceType' });
  });

  it('which zones offer a type', async () => {
    const { InstanceTypeOfferings } = await fleet.ec2.send(
      new DescribeInstanceTypeOfferingsCommand({ LocationType: 'availability-zone', Filters: [{ Name: 'instance-type', Values: ['p4d.*'] }] }),
    );
    expect(InstanceTypeOfferings?.map(({ Location }) => Location)).toEqual(['us-east-1a', 'us-east-1b', 'us-east-1d']);
  });

  it('zones, Spot prices and placement scores', async () => {
    const { AvailabilityZones } = await fleet.ec2.send(new DescribeAvailabilityZonesCommand({}));
    expect(AvailabilityZones).toHaveLength(6);
    const { SpotPriceHistory } = await fleet.ec2.send(new DescribeSpotPriceHistoryCommand({ InstanceTypes: ['p3.2xlarge'], AvailabilityZone: 'us-east-1d' }));
    expect(SpotPriceHistory).toHaveLength(1);
    expect(Number(SpotPriceHistory?.[0]?.SpotPrice)).toBeGreaterThan(0);
    const { SpotPlacementScores } = await fleet.ec2.send(
      new GetSpotPlacementScoresCommand({ InstanceTypes: ['m6i.large', 'c6i.large', 'm5.large'], TargetCapacity: 100, SingleAvailabilityZone: true }),
    );
    expect(SpotPlacementScores?.[0]).toMatchObject({ AvailabilityZoneId: 'use1-az2', Score: 10 });
  });

  it('placement scores of so many questions a day, and of those again', async () => {
    const ask = (TargetCapacity: number) =>
      fleet.ec2.send(new GetSpotPlacementScoresCommand({ InstanceTypes: ['m6i.large', 'c6i.large', 'm5.large'], TargetCapacity, SingleAvailabilityZone: true }));
    await fleet.control('PUT', 'market', { placementScoreQuestions: 2 });
    await ask(100);
    await ask(200);
    await expect(ask(300)).rejects.toMatchObject({ name: 'MaxConfigLimitExceeded' });
    expect((await ask(200)).SpotPlacementScores?.[0]?.Score).toBe(8);
  });

  it('how often Spot instances are taken back, as the Spot Instance Advisor reads it', async () => {
    await fleet.control('PUT', 'market', { interruptionBands: { 'c6i.*': 4 } });
    const feed = await fleet.control('GET', 'spot-advisor-data.json');
    expect(feed).toMatchObject({
      ranges: [{ index: 0, label: '<5%', dots: 0, max: 5 }, {}, {}, {}, { index: 4, label: '>20%', dots: 4, max: 100 }],
      instance_types: { 'c6i.large': { cores: 2, emr: false, ram_gb: 4 } },
      spot_advisor: { 'us-east-1': { Linux: { 'c6i.large': { r: 4 }, 'm6i.large': { s: 61, r: 0 } } } },
    });
    expect(feed).not.toHaveProperty(['spot_advisor', 'us-east-1', 'Linux', 'hpc6a.48xlarge']);
  });

  it('prices on demand, as the Price List writes them', async () => {
    const pricing = new PricingClient(client());
    const { PriceList = [] } = await pricing.send(
      new GetProductsCommand({ ServiceCode: 'AmazonEC2', Filters: [{ Type: 'TERM_MATCH', Field: 'instanceType', Value: 'm6i.xlarge' }] }),
    );
    const [item] = PriceList.map((text: unknown) => JSON.parse(String(text)));
    const [term] = Object.values<{ priceDimensions: Record<string, { pricePerUnit: { USD: string } }> }>(item.terms.OnDemand);
    expect(Object.values(term?.priceDimensions ?? {})[0]?.pricePerUnit.USD).toBe('0.1920000000');
    pricing.destroy();
  });

  it('quotas as they hold in the market', async () => {
    const quotas = new ServiceQuotasClient(client());
    const { Quota } = await quotas.send(new GetServiceQuotaCommand({ ServiceCode: 'ec2', QuotaCode: 'L-417A185B' }));
    expect(Quota?.Value).toBe(96);
    expect((await quotas.send(new ListServiceQuotasCommand({ ServiceCode: 'ec2' }))).Quotas).toHaveLength(8);
    await expect(quotas.send(new GetServiceQuotaCommand({ ServiceCode: 'ec2', QuotaCode: 'L-0' }))).rejects.toMatchObject({ name: 'NoSuchResourceException' });
    quotas.destroy();
  });
});
