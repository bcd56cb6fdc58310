import {
  CreateLaunchTemplateCommand,
  CreatePlacementGroupCommand,
  DescribeCapacityReservationsCommand,
  DescribePlacementGroupsCommand,
  DescribeSubnetsCommand,
  EC2Client,
  GetSpotPlacementScoresCommand,
} from '@aws-sdk/client-ec2';
import { PricingClient } from '@aws-sdk/client-pricing';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { DescribeInstanceInformationCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { LaunchRecord } from '../../../core/capacity/gang.ts';
import { epochMs } from '../../../core/job/ids.ts';
import { INSTANCE_TYPES } from '../../../local/fleet/facts/facts.ts';
import { Ec2InstanceCatalogue } from '../../../lambdas/adapters/ec2/ec2-instance-catalogue.ts';
import { Ec2Machines } from '../../../lambdas/adapters/ec2/ec2-machines.ts';
import { readAccountQuotas } from '../../../lambdas/adapters/knowledge/account-quotas.ts';
import { AwsMarketKnowledge } from '../../../lambdas/adapters/knowledge/aws-market-knowledge.ts';
import type { PlacementScoreMemory } from '../../../lambdas/adapters/knowledge/placement-score-memory.ts';
import { PriceList } from '../../../lambdas/adapters/pricing/price-list.ts';
import { aDeployment, aGang, aPool, ManualClock, silentLog, ZONES } from '../../builders/capacity.ts';
import type { PythonServer } from '../python-server.ts';
import { startMoto } from './moto.ts';

jest.setTimeout(120_000);

const { region } = aDeployment();
/** An image that moto knows. */
const IMAGE = 'ami-12c6146b';

describe('the adapters of EC2, judged by moto', () => {
  let moto: PythonServer;
  let ec2: EC2Client;
  let catalogue: Ec2InstanceCatalogue;
  let deployment = aDeployment();
  const clock = new ManualClock();
  const options = () => ({ endpoint: moto.endpoint, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 });

  beforeAll(async () => {
    moto = await startMoto();
    ec2 = new EC2Client(options());
    catalogue = new Ec2InstanceCatalogue({ ec2, region, prices: { onDemandMicroUsdPerHour: async () => 1 }, clock, log: silentLog });
    deployment = aDeployment({ subnets: await defaultSubnets(), namespaces: { '*': { launchTemplates: { x86_64: await launchTemplate() } } } });
  });
  afterAll(async () => {
    ec2?.destroy();
    await moto?.stop();
  });

  const defaultSubnets = async (): Promise<Record<string, string>> => {
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters: [{ Name: 'availability-zone', Values: [...ZONES] }] }));
    return Object.fromEntries(Subnets.map(({ AvailabilityZone: zone = '', SubnetId: id = '' }) => [zone, id]));
  };
  const launchTemplate = async (): Promise<string> => {
    const { LaunchTemplate } = await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: 'nodes', LaunchTemplateData: { ImageId: IMAGE } }));
    return LaunchTemplate?.LaunchTemplateId ?? '';
  };

  it('read types as EC2 lists them, and the simulator tells the same of those it has', async () => {
    const known = await catalogue.facts(region, [...INSTANCE_TYPES.keys(), 'zz9.huge']);
    // What moto has comes from AWS and is of after the days of P3.
    const both = [...INSTANCE_TYPES].filter(([type]) => !type.startsWith('p3.'));
    expect([...known.keys()].toSorted()).toEqual(both.map(([type]) => type).toSorted());
    for (const [type, facts] of both) {
      expect(known.get(type)).toMatchObject({
        instanceType: type,
        vcpus: facts.vcpus,
        memoryMiB: facts.memoryMiB,
        gpus: facts.gpus?.count ?? 0,
        architecture: facts.architecture,
        efa: facts.efaInterfaces > 0,
        ...(facts.efaInterfaces > 0 ? { efaInterfaces: facts.efaInterfaces } : {}),
      });
    }
  });

  it('read where types are offered, and which there are', async () => {
    const facts = (await catalogue.facts(region, ['p4d.24xlarge'])).get('p4d.24xlarge');
    expect(facts?.zones).toContain('us-east-1a');
    expect(await catalogue.names(region)).toEqual(expect.arrayContaining(['m6i.large', 'c7g.large', 'p5.48xlarge']));
  });

  it('read a Spot price', async () => {
    // moto sells every type at a hundred-thousandth of a dollar.
    expect(await catalogue.spotMicroUsdPerHour(region, 'm6i.large', 'us-east-1a')).toBe(10);
  });

  it('launch, find by tags, and end', async () => {
    const gang = aGang({ pools: [aPool({ count: 3, instanceTypes: ['m6i.large', 'c6i.large'], purchaseOption: 'OnDemand', diskSizeGiB: 20 })] });
    const machines = new Ec2Machines({ ec2, catalogue, clock, deployment });
    const { jobId, attempt } = gang;
    const planned = { jobId, attempt, pool: 'workers', count: 3, minimum: 3, instanceTypes: ['m6i.large', 'c6i.large'], zones: ['us-east-1a'] };
    for (const [index, market] of (['on-demand', 'spot'] as const).entries()) {
      const launch = { ...planned, market, ordinal: index + 1, clientToken: `${jobId}-${index + 1}` };
      const made = await machines.request(gang, launch);
      if (made.kind !== 'request') throw new Error(made.message);
      const record: LaunchRecord = { ...launch, requestedAtMs: epochMs(0), request: made.request };
      const { launched } = await machines.launch(record);
      expect(launched.map((instance) => [instance.market, instance.zone])).toEqual([1, 2, 3].map(() => [market, 'us-east-1a']));
    }
    const found = await machines.describe(gang);
    expect(found).toHaveLength(6);
    expect(found[0]).toMatchObject({ jobId, attempt, pool: 'workers', zone: 'us-east-1a' });
    expect(await machines.describeAll()).toHaveLength(6);
    expect(await machines.describe({ ...gang, attempt: 2 })).toEqual([]);
    const [first] = found;
    if (first === undefined) throw new Error('nothing was found');
    expect(await machines.find(first.instanceId)).toMatchObject({ instanceId: first.instanceId });
    await machines.terminate(found.map(({ instanceId }) => instanceId));
    expect((await machines.describe(gang)).map(({ state }) => state)).toEqual(Array(6).fill('terminated'));
    expect(await machines.describeAll()).toEqual([]);
  });

  it('count the free addresses of subnets', async () => {
    const facts = { read: async () => undefined };
    const scores: PlacementScoreMemory = { recall: async () => undefined, claim: async () => 'spent', remember: async () => undefined, exhaust: async () => undefined };
    const knowledge = new AwsMarketKnowledge({ ec2, facts, scores, clock, deployment, log: silentLog });
    const ids = Object.values(deployment.subnets);
    const free = await knowledge.freeAddresses(ids);
    expect('known' in free && [...free.known.keys()].toSorted()).toEqual(ids.toSorted());
    expect('known' in free && [...free.known.values()].every((count) => count > 4000)).toBe(true);
  });

  /** moto breaks down over what it has not. Groups are judged by MiniStack, the rest by our own simulator only. */
  it.each([
    ['GetSpotPlacementScores', () => ec2.send(new GetSpotPlacementScoresCommand({ InstanceTypes: ['m6i.large', 'c6i.large', 'm5.large'], TargetCapacity: 1 }))],
    ['DescribeCapacityReservations', () => ec2.send(new DescribeCapacityReservationsCommand({}))],
    ['CreatePlacementGroup', () => ec2.send(new CreatePlacementGroupCommand({ GroupName: 'group', Strategy: 'cluster' }))],
    ['DescribePlacementGroups', () => ec2.send(new DescribePlacementGroupsCommand({}))],
    ['GetProducts', () => new PriceList(new PricingClient(options())).onDemandMicroUsdPerHour(region, 'm6i.large')],
    ['ListServiceQuotas of EC2', () => readAccountQuotas(new ServiceQuotasClient(options()), silentLog)],
    ['DescribeInstanceInformation', () => new SSMClient(options()).send(new DescribeInstanceInformationCommand({}))],
  ])('leaves %s out', async (_action, call) => {
    await expect(call()).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
  });
});
