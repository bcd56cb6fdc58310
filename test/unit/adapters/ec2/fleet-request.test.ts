import { describe, expect, it } from '@jest/globals';
import type { PlannedLaunch } from '../../../../core/capacity/gang.ts';
import { fleetRequest } from '../../../../lambdas/adapters/ec2/fleet-request.ts';
import { aDeployment, aGang, aPool, someFacts } from '../../../builders/capacity.ts';

const types = new Map([someFacts('c6i.large'), someFacts('m6i.large'), someFacts('c7g.large', { architecture: 'arm64' })].map((facts) => [facts.instanceType, facts]));
const launch = (fields: Partial<PlannedLaunch> = {}): PlannedLaunch => ({
  jobId: aGang().jobId, attempt: 1, ordinal: 3, pool: 'workers', count: 4, minimum: 4, market: 'spot', instanceTypes: ['c6i.large', 'm6i.large'], zones: ['us-east-1b'], clientToken: 'job-1-3', ...fields,
});
const inputOf = (request: ReturnType<typeof fleetRequest>) => {
  if (request.kind !== 'request') throw new Error(request.message);
  return request.input;
};

describe('fleetRequest', () => {
  it('asks for the whole pool in one zone, or nothing', () => {
    expect(inputOf(fleetRequest(aGang(), launch(), types, aDeployment()))).toEqual({
      ClientToken: 'job-1-3',
      Type: 'instant',
      TargetCapacitySpecification: { TotalTargetCapacity: 4, DefaultTargetCapacityType: 'spot' },
      SpotOptions: { AllocationStrategy: 'price-capacity-optimized', MinTargetCapacity: 4, SingleAvailabilityZone: true },
      LaunchTemplateConfigs: [{
        LaunchTemplateSpecification: { LaunchTemplateId: 'lt-x86', Version: '$Latest' },
        Overrides: [{ InstanceType: 'c6i.large', SubnetId: 'subnet-b' }, { InstanceType: 'm6i.large', SubnetId: 'subnet-b' }],
      }],
      TagSpecifications: ['instance', 'volume'].map((ResourceType) => ({ ResourceType, Tags: expect.arrayContaining([
        { Key: 'orchestrator:deployment', Value: 'test' }, { Key: 'orchestrator:namespace', Value: 'research' }, { Key: 'orchestrator:job', Value: aGang().jobId },
        { Key: 'orchestrator:attempt', Value: '1' }, { Key: 'orchestrator:pool', Value: 'workers' }, { Key: 'orchestrator:launch', Value: '3' },
      ]) })),
    });
  });

  it('takes what there is, in several zones, without a minimum', () => {
    const input = inputOf(fleetRequest(aGang(), launch({ minimum: 1, market: 'on-demand', zones: ['us-east-1a', 'us-east-1c'] }), types, aDeployment()));
    expect(input.OnDemandOptions).toEqual({ AllocationStrategy: 'lowest-price' });
    expect(input.SpotOptions).toBeUndefined();
    expect(input.LaunchTemplateConfigs?.[0]?.Overrides).toHaveLength(4);
  });

  it('takes what is reserved of the reservations named, and nothing else', () => {
    const input = inputOf(fleetRequest(aGang(), launch({ minimum: 1, market: 'reserved', reservations: ['cr-1', 'cr-2'] }), types, aDeployment()));
    expect(input.TargetCapacitySpecification).toEqual({ TotalTargetCapacity: 4, DefaultTargetCapacityType: 'reserved-capacity' });
    expect(input.ReservedCapacityOptions).toEqual({ ReservationTypes: ['on-demand-capacity-reservation'], CapacityReservationTarget: { CapacityReservationIds: ['cr-1', 'cr-2'] } });
    expect([input.OnDemandOptions, input.SpotOptions]).toEqual([undefined, undefined]);
  });

  it('names a placement group of the attempt and the zone', () => {
    const input = inputOf(fleetRequest(aGang({ placementGroup: true }), launch(), types, aDeployment()));
    const names = input.LaunchTemplateConfigs?.flatMap(({ Overrides = [] }) => Overrides.map(({ Placement }) => Placement));
    expect(names).toEqual(Array.from({ length: 2 }, () => ({ GroupName: `test-${aGang().jobId}-1-us-east-1b` })));
  });

  it('gives each type as many Elastic Fabric Adapters as it has and the namespace has a template for', () => {
    const settings = { launchTemplates: { x86_64: 'lt-x86' }, efaLaunchTemplates: { x86_64: { 1: 'lt-1', 4: 'lt-4', 32: 'lt-32' } } };
    const efaTypes = new Map([
      someFacts('c5n.18xlarge', { efa: true }), someFacts('p4d.24xlarge', { efa: true, efaInterfaces: 4 }), someFacts('p5en.48xlarge', { efa: true, efaInterfaces: 16 }),
      someFacts('p5.48xlarge', { efa: true, efaInterfaces: 32 }), someFacts('c6i.large'),
    ].map((facts) => [facts.instanceType, facts]));
    const input = inputOf(fleetRequest(aGang({ pools: [aPool({ efa: true })] }), launch({ instanceTypes: [...efaTypes.keys()] }), efaTypes, aDeployment({ namespaces: { '*': settings } })));
    expect(input.LaunchTemplateConfigs?.map(({ LaunchTemplateSpecification: template, Overrides = [] }) => [template?.LaunchTemplateName, ...Overrides.map(({ InstanceType }) => InstanceType)])).toEqual([
      ['lt-1', 'c5n.18xlarge'], ['lt-4', 'p4d.24xlarge', 'p5en.48xlarge'], ['lt-32', 'p5.48xlarge'],
    ]);
  });

  it('lets a pool of one type be of one type', () => {
    expect(inputOf(fleetRequest(aGang({ pools: [aPool({ mix: 'Same' })] }), launch(), types, aDeployment())).SpotOptions).toMatchObject({ SingleInstanceType: true });
  });

  it('uses the launch template and the image of each architecture', () => {
    const deployment = aDeployment({ machineImages: { science: { x86_64: 'ami-x', arm64: 'ami-a' } } });
    const input = inputOf(fleetRequest(aGang({ pools: [aPool({ image: 'science', diskSizeGiB: 200 })] }), launch({ instanceTypes: ['c6i.large', 'c7g.large'] }), types, deployment));
    expect(input.LaunchTemplateConfigs?.map(({ LaunchTemplateSpecification: template, Overrides: overrides }) => [template?.LaunchTemplateId, overrides?.map(({ ImageId }) => ImageId)])).toEqual([
      ['lt-x86', ['ami-x']], ['lt-arm', ['ami-a']],
    ]);
    expect(input.LaunchTemplateConfigs?.[0]?.Overrides?.[0]?.BlockDeviceMappings).toEqual([
      { DeviceName: '/dev/xvda', Ebs: { VolumeSize: 200, VolumeType: 'gp3', Encrypted: true, DeleteOnTermination: true } },
    ]);
  });

  it('takes the image of the runtime where the pool names none, and says so where there is none for a type', () => {
    const images = { x86_64: 'resolve:ssm:/test/images/slurm/23.02.7/x86_64' };
    const imagesOf = (pool: Partial<ReturnType<typeof aPool>>, instanceTypes = ['c6i.large']) => fleetRequest(aGang({ pools: [aPool({ images, ...pool })] }), launch({ instanceTypes }), types, aDeployment());
    expect(inputOf(imagesOf({})).LaunchTemplateConfigs?.[0]?.Overrides?.map(({ ImageId }) => ImageId)).toEqual([images.x86_64]);
    expect(inputOf(imagesOf({ image: 'ami-1' })).LaunchTemplateConfigs?.[0]?.Overrides?.map(({ ImageId }) => ImageId)).toEqual(['ami-1']);
    expect(imagesOf({}, ['c7g.large'])).toMatchObject({ kind: 'rejected', code: 'NoMachineImage' });
  });

  it('takes an image that is no alias as an AMI id', () => {
    const input = inputOf(fleetRequest(aGang({ pools: [aPool({ image: 'ami-12345678' })] }), launch(), types, aDeployment()));
    expect(input.LaunchTemplateConfigs?.[0]?.Overrides?.[0]?.ImageId).toBe('ami-12345678');
  });

  it('cuts no character of a label in two, and gives the tag to the first of those that are alike then', () => {
    const cut = 'x'.repeat(121);
    const labels = { [`${cut}😀`]: 'first', [`${cut}😁`]: 'second', '😀': 'short' };
    const tags = inputOf(fleetRequest(aGang({ labels }), launch(), types, aDeployment())).TagSpecifications?.[0]?.Tags ?? [];
    expect(tags.filter(({ Key = '' }) => Key.startsWith('label:'))).toEqual([{ Key: `label:${cut}`, Value: 'first' }, { Key: 'label:😀', Value: 'short' }]);
  });

  it('keeps to the 50 tags and 128 characters that AWS allows', () => {
    const labels = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`${'x'.repeat(120)}${String(index).padStart(8, '0')}`, 'v']));
    const costLabel = { key: Object.keys(labels)[0] ?? '', values: ['v'] };
    const deployment = aDeployment({ telemetry: { ...aDeployment().telemetry, costLabel } });
    const tags = inputOf(fleetRequest(aGang({ labels }), launch(), types, deployment)).TagSpecifications?.[0]?.Tags ?? [];
    expect(tags.length).toBeLessThanOrEqual(50);
    expect(Math.max(...tags.map(({ Key = '' }) => Key.length))).toBeLessThanOrEqual(128);
    expect(new Set(tags.map(({ Key }) => Key)).size).toBe(tags.length);
  });

  it.each([
    ['cost-center', 'physics', 'physics'],
    ['Name', 'mine', expect.stringContaining('research/')],
    ['orchestrator:deployment', 'other', 'test'],
  ])('has the label that costs are counted by, %s, as a tag of its own name, unless it is one of the deployment’s', (key, value, tagged) => {
    const deployment = aDeployment({ telemetry: { ...aDeployment().telemetry, costLabel: { key, values: ['physics'] } } });
    const tagsOf = (labels: Readonly<Record<string, string>>): unknown => {
      const [onInstances, onVolumes] = inputOf(fleetRequest(aGang({ labels }), launch(), types, deployment)).TagSpecifications ?? [];
      expect(onVolumes?.Tags).toEqual(onInstances?.Tags);
      return Object.fromEntries((onInstances?.Tags ?? []).map(({ Key = '', Value }) => [Key, Value]));
    };
    expect(tagsOf({ [key]: value, team: 'a' })).toMatchObject({ [key]: tagged, [`label:${key}`]: value, 'label:team': 'a' });
    expect(tagsOf({ team: 'a' })).not.toHaveProperty(['label:cost-center']);
    expect(tagsOf({ team: 'a' })).not.toHaveProperty(['cost-center']);
  });

  it.each([
    ['NoLaunchTemplate', aGang(), aDeployment({ namespaces: {} })],
    ['NoMachineImage', aGang({ pools: [aPool({ image: 'science' })] }), aDeployment({ machineImages: { science: { arm64: 'ami-a' } } })],
    ['EfaNotServed', aGang({ pools: [aPool({ efa: true })] }), aDeployment()],
    ['EfaNotServed', aGang({ pools: [aPool({ efa: true })] }), aDeployment({ namespaces: { '*': { launchTemplates: { x86_64: 'lt-x86' }, efaLaunchTemplates: { x86_64: { 4: 'lt-4' } } } } })],
    ['UnknownPool', aGang({ pools: [aPool({ pool: 'others' })] }), aDeployment()],
  ])('says %s rather than launch something else', (code, gang, deployment) => {
    expect(fleetRequest(gang, launch(), types, deployment)).toMatchObject({ kind: 'rejected', code });
  });
});
