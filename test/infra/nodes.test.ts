import { describe, expect, it } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { ofType, synthesize } from './synthesize.ts';

const zones = ['us-east-1a', 'us-east-1b', 'us-east-1d'];
const isolated = synthesize({ network: { kind: 'created', zones, egress: 'endpoints' }, namespaces: { bio: {}, '*': {} } });

/** Each subnet of a network with these zones, as `<zone> <block>`. */
function blocks(of: readonly string[]): string[] {
  return ofType(synthesize({ network: { kind: 'created', zones: of } }).resources, 'AWS::EC2::Subnet')
    .map(([, { Properties }]) => [Properties['AvailabilityZone'], Properties['CidrBlock']].join(' '));
}

interface NetworkInterface { readonly AssociatePublicIpAddress: boolean; readonly Groups: readonly unknown[] }

describe('launch templates', () => {
  const templates = ofType(isolated.resources, 'AWS::EC2::LaunchTemplate');

  it('exist for each namespace and architecture', () => {
    expect(templates).toHaveLength(4);
  });

  it('ask for IMDSv2, encrypted volumes, and no public address', () => {
    for (const [, { Properties }] of templates) {
      const data = Properties['LaunchTemplateData'] as Record<string, unknown>;
      expect(data).toMatchObject({
        MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 2 },
        BlockDeviceMappings: [{ Ebs: { Encrypted: true, VolumeType: 'gp3', DeleteOnTermination: true } }],
        InstanceInitiatedShutdownBehavior: 'terminate',
      });
      expect((data['NetworkInterfaces'] as NetworkInterface[])[0]?.AssociatePublicIpAddress).toBe(false);
    }
  });

  it('carry the instance profile and the security groups of their namespace', () => {
    const { template } = synthesize({ namespaces: { bio: { securityGroups: ['sg-0123456789abcdef0'] } } });
    template.hasResourceProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: { NetworkInterfaces: [{ Groups: [Match.anyValue(), 'sg-0123456789abcdef0'] }] },
    });
  });
});

describe('launch templates with Elastic Fabric Adapters', () => {
  const { resources } = synthesize({ namespaces: { bio: { efa: { x86_64: [1, 4] } }, '*': {} } });
  const byName = new Map(ofType(resources, 'AWS::EC2::LaunchTemplate').flatMap(([, { Properties }]) =>
    (Properties['LaunchTemplateName'] === undefined ? [] : [[Properties['LaunchTemplateName'], Properties['LaunchTemplateData'] as Record<string, unknown>]] as const)));

  it('are made where a namespace asks for them, under names that the functions know', () => {
    expect([...byName.keys()]).toEqual(['orchestrator.bio.efa-1.x86_64', 'orchestrator.bio.efa-4.x86_64']);
  });

  it('have one interface with an address, on the first card, and adapters alone on the others', () => {
    expect(byName.get('orchestrator.bio.efa-1.x86_64')?.['NetworkInterfaces']).toMatchObject([
      { NetworkCardIndex: 0, DeviceIndex: 0, InterfaceType: 'efa', AssociatePublicIpAddress: false },
    ]);
    const four = byName.get('orchestrator.bio.efa-4.x86_64')?.['NetworkInterfaces'] as Record<string, unknown>[];
    expect(four.map(({ NetworkCardIndex, DeviceIndex, InterfaceType }) => [NetworkCardIndex, DeviceIndex, InterfaceType])).toEqual([
      [0, 0, 'efa'], [1, 1, 'efa-only'], [2, 1, 'efa-only'], [3, 1, 'efa-only'],
    ]);
    // EC2 refuses the word where there are several.
    expect(four.some((each) => 'AssociatePublicIpAddress' in each)).toBe(false);
    expect(new Set(four.map(({ Groups }) => JSON.stringify(Groups))).size).toBe(1);
  });

  it('are refused for an architecture that has no image', () => {
    expect(() => synthesize({ namespaces: { bio: { efa: { arm64: [1] } } }, machineImages: { default: { x86_64: 'ami-0123456789abcdef0' } } })).toThrow('Elastic Fabric Adapters only for architectures');
  });
});

describe('the network', () => {
  it('admits nothing from outside the group of the nodes', () => {
    const inGroups = ofType(isolated.resources, 'AWS::EC2::SecurityGroup')
      .flatMap(([, { Properties }]) => (Properties['SecurityGroupIngress'] ?? []) as Record<string, unknown>[]);
    const beside = ofType(isolated.resources, 'AWS::EC2::SecurityGroupIngress').map(([, { Properties }]) => Properties);
    const nodes = { 'Fn::GetAtt': [expect.stringMatching(/^NodesNetworkNodeGroup/), 'GroupId'] };
    expect([...inGroups, ...beside].map((rule) => rule['SourceSecurityGroupId'])).toEqual([nodes, nodes]);
  });

  it('has a subnet in each zone, and without NAT an endpoint for all that nodes call', () => {
    expect(ofType(isolated.resources, 'AWS::EC2::Subnet').map(([, { Properties }]) => Properties['AvailabilityZone'])).toEqual(zones);
    const services = ofType(isolated.resources, 'AWS::EC2::VPCEndpoint').map(([, { Properties }]) => JSON.stringify(Properties['ServiceName']));
    for (const service of ['ssm', 'ssmmessages', 'logs', 's3']) {
      expect(services.filter((name) => name.includes(`.${service}"`))).toHaveLength(1);
    }
    expect(ofType(isolated.resources, 'AWS::EC2::InternetGateway')).toEqual([]);
  });

  it('keeps the addresses of its subnets when a zone is added at the end', () => {
    expect(blocks([...zones, 'us-east-1f'])).toEqual(expect.arrayContaining(blocks(zones)));
  });

  it('can be one that exists', () => {
    const subnets = { 'us-east-1a': 'subnet-0123456789abcdef0', 'us-east-1b': 'subnet-0123456789abcdef1' };
    const { resources } = synthesize({ network: { kind: 'existing', vpcId: 'vpc-0123456789abcdef0', subnets } });
    expect(ofType(resources, 'AWS::EC2::VPC')).toEqual([]);
    expect(JSON.stringify(ofType(resources, 'AWS::Lambda::Function')[0])).toContain('subnet-0123456789abcdef1');
  });
});

describe('file systems', () => {
  const of = (storage: readonly string[]) => synthesize({ network: { kind: 'created', zones, egress: 'endpoints' }, storage });
  const outputsOf = (storage: readonly string[]): readonly string[] => Object.keys(of(storage).template.findOutputs('NodeSecurityGroupId'));

  it('are within reach of nodes, even of those that reach no internet', () => {
    of(['EFS']).template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: Match.stringLikeRegexp('^Nodes of '), SecurityGroupEgress: [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }],
    });
  });

  it('are told whom to let in, where there are any', () => {
    expect(outputsOf(['EFS', 'FSx'])).toEqual(['NodeSecurityGroupId']);
    expect(outputsOf([])).toEqual([]);
  });
});

describe('the bucket of steps', () => {
  it('keeps the secrets of attempts for longer than the steps, since a job without a TTL may live long', () => {
    synthesize({}).template.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: { Rules: Match.arrayWith([
        { Prefix: 'steps/', ExpirationInDays: 30, Status: 'Enabled' }, { Prefix: 'secrets/', ExpirationInDays: 366, Status: 'Enabled' },
      ]) },
    });
  });
});
