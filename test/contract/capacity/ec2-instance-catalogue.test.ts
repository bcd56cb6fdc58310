import { EC2Client } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ec2InstanceCatalogue } from '../../../lambdas/adapters/ec2/ec2-instance-catalogue.ts';
import { PriceList } from '../../../lambdas/adapters/pricing/price-list.ts';
import { aDeployment, ManualClock, silentLog } from '../../builders/capacity.ts';
import type { SimulatedEc2 } from './simulated-ec2.ts';
import { startSimulatedEc2 } from './simulated-ec2.ts';

const region = 'us-east-1';

describe('Ec2InstanceCatalogue', () => {
  let cloud: SimulatedEc2;
  beforeAll(async () => {
    cloud = await startSimulatedEc2(aDeployment());
  });
  afterAll(async () => cloud.close());

  const catalogueOf = (fields: Partial<ConstructorParameters<typeof Ec2InstanceCatalogue>[0]> = {}) =>
    new Ec2InstanceCatalogue({ ec2: cloud.ec2, region, prices: new PriceList(cloud.pricing), clock: new ManualClock(), log: silentLog, ...fields });

  it('knows size, architecture, zones and price, and leaves out what does not exist', async () => {
    const facts = await catalogueOf().facts(region, ['p4d.24xlarge', 'c7g.large', 'zz9.huge']);
    expect([...facts.keys()].toSorted()).toEqual(['c7g.large', 'p4d.24xlarge']);
    expect(facts.get('p4d.24xlarge')).toMatchObject({ vcpus: 96, gpus: 8, architecture: 'x86_64', efa: true, efaInterfaces: 4, zones: ['us-east-1a', 'us-east-1b', 'us-east-1d'] });
    expect(facts.get('p4d.24xlarge')?.microUsdPerHour).toBeGreaterThan(20_000_000);
    expect(facts.get('c7g.large')?.architecture).toBe('arm64');
  });

  it('knows which types cluster placement groups take', async () => {
    const facts = await catalogueOf().facts(region, ['c6i.large', 't3.medium']);
    expect([...facts].map(([type, { clusterGroups }]) => [type, clusterGroups])).toEqual([['c6i.large', true], ['t3.medium', false]]);
  });

  it.each([[16, 16, 16], [17, 16, 0], [8, 4, 0]])('counts of %i network cards with %i adapters %i for launch templates, which begin with the first card', async (cards, adapters, efaInterfaces) => {
    const NetworkCards = Array.from({ length: cards }, (_, NetworkCardIndex) => ({ NetworkCardIndex }));
    const ec2 = new EC2Client({ region });
    ec2.middlewareStack.add((_next, { commandName }) => async () => ({
      response: {},
      output: {
        $metadata: {},
        ...(commandName === 'DescribeInstanceTypesCommand' ? { InstanceTypes: [{ InstanceType: 'p6.big', NetworkInfo: { EfaSupported: true, EfaInfo: { MaximumEfaInterfaces: adapters }, NetworkCards } }] } : {}),
      },
    }));
    expect((await catalogueOf({ ec2 }).facts(region, ['p6.big'])).get('p6.big')).toMatchObject({ efa: true, efaInterfaces });
  });

  it('knows the cores of a type where EC2 tells of them', async () => {
    const ec2 = new EC2Client({ region });
    const sizes = [{ DefaultVCpus: 8, DefaultCores: 4 }, { DefaultVCpus: 12 }];
    ec2.middlewareStack.add((_next, { commandName }) => async () => ({
      response: {},
      output: { $metadata: {}, ...(commandName === 'DescribeInstanceTypesCommand' ? { InstanceTypes: sizes.map((VCpuInfo, n) => ({ InstanceType: `x${n}.big`, VCpuInfo })) } : {}) },
    }));
    const facts = await catalogueOf({ ec2 }).facts(region, ['x0.big', 'x1.big']);
    expect([...facts.values()].map(({ vcpus, cores }) => [vcpus, cores])).toEqual([[8, 4], [12, undefined]]);
  });

  it('lists every type of the region', async () => {
    expect(await catalogueOf().names(region)).toEqual(expect.arrayContaining(['m6i.large', 'g5.xlarge']));
  });

  it('knows the Spot price of a zone that offers the type', async () => {
    const catalogue = catalogueOf();
    const [spot, listed] = [await catalogue.spotMicroUsdPerHour(region, 'm6i.large', 'us-east-1a'), (await catalogue.facts(region, ['m6i.large'])).get('m6i.large')?.microUsdPerHour];
    expect(spot).toBeGreaterThan(0);
    expect(spot).toBeLessThan(listed ?? 0);
    expect(await catalogue.spotMicroUsdPerHour(region, 'm6i.large', 'us-east-1z')).toBeUndefined();
  });

  it('has nothing of a region that it does not serve', async () => {
    expect(await catalogueOf().facts('eu-west-1', ['m6i.large'])).toEqual(new Map());
    expect(await catalogueOf().names('eu-west-1')).toEqual([]);
  });

  it('works without prices, and says so in the log', async () => {
    const warnings: string[] = [];
    const prices = { onDemandMicroUsdPerHour: async () => { throw new Error('AccessDenied'); } };
    const catalogue = catalogueOf({ prices, log: { info: () => undefined, warn: (message) => void warnings.push(message) } });
    expect((await catalogue.facts(region, ['m6i.large'])).get('m6i.large')?.microUsdPerHour).toBe(0);
    expect(warnings).toEqual(['List prices cannot be read']);
  });

  it('asks once an hour', async () => {
    const clock = new ManualClock();
    let questions = 0;
    const catalogue = catalogueOf({ clock, prices: { onDemandMicroUsdPerHour: async () => ++questions } });
    for (let round = 0; round < 3; round++) await catalogue.facts(region, ['m6i.large']);
    expect(questions).toBe(1);
    clock.advance(3_600_001);
    await catalogue.facts(region, ['m6i.large']);
    expect(questions).toBe(2);
  });
});
