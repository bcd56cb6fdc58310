import { describe, expect, it } from '@jest/globals';
import { checkAccount } from '../../bin/preflight/check-account.ts';
import { checkEndpoints } from '../../bin/preflight/check-endpoints.ts';
import { checkImages } from '../../bin/preflight/check-images.ts';
import { checkNetwork } from '../../bin/preflight/check-network.ts';
import { checkReservations } from '../../bin/preflight/check-reservations.ts';
import { checkTraces } from '../../bin/preflight/check-traces.ts';
import type { AccountFacts, NetworkFacts, ReservationFacts, SecurityGroupFacts, SubnetFacts } from '../../bin/preflight/facts.ts';
import type { Finding } from '../../bin/preflight/finding.ts';
import { renderFindings } from '../../bin/preflight/report.ts';
import { parseConfiguration } from '../../lib/configuration/load.ts';

const parse = (value: unknown) => parseConfiguration(value, 'test', 'us-east-1');
const notOk = (findings: readonly Finding[]) => findings.filter(({ status }) => status !== 'ok').map(({ status, detail }) => `${status}: ${detail}`);

const healthyAccount: AccountFacts = {
  caller: { account: '111122223333', arn: 'arn:aws:iam::111122223333:user/admin' },
  serviceLinkedRoles: new Set(['AWSServiceRoleForEC2Fleet', 'AWSServiceRoleForEC2Spot']),
  ec2Quotas: new Map(['L-1216C47A', 'L-34B43A08', 'L-DB2E81BA', 'L-3819A6DF', 'L-417A185B', 'L-7212CCBC'].map((code) => [code, 512])),
  lambdaConcurrency: 1000,
  bootstrapVersion: 30,
};

const subnet: SubnetFacts = {
  subnetId: 'subnet-0123456789abcdef0', vpcId: 'vpc-0123456789abcdef0', zone: 'us-east-1a', freeAddresses: 4000, defaultRoute: 'nat-0123456789abcdef0',
};
const healthyNetwork: NetworkFacts = {
  zones: new Set(['us-east-1a', 'us-east-1b', 'us-east-1c']), subnets: [subnet], securityGroups: [], endpoints: new Set(),
};
const existing = parse({ network: { kind: 'existing', vpcId: subnet.vpcId, subnets: { 'us-east-1a': subnet.subnetId } } });

describe('an account', () => {
  it('that has everything passes', () => {
    expect(notOk(checkAccount(healthyAccount))).toEqual([]);
  });

  it.each<[string, Partial<AccountFacts>, string[]]>([
    ['without credentials', { caller: undefined }, ['fail: no caller identity']],
    ['without bootstrap', { bootstrapVersion: 0 }, ['fail: the region is not bootstrapped']],
    ['with an old bootstrap', { bootstrapVersion: 5 }, ['fail: version 5 is too old']],
    ['without the role of Spot', { serviceLinkedRoles: new Set(['AWSServiceRoleForEC2Fleet']) }, ['fail: AWSServiceRoleForEC2Spot does not exist']],
    ['with few functions at once', { lambdaConcurrency: 10 }, ['warn: 10 functions at once']],
    ['whose machines are few', { ec2Quotas: new Map([...healthyAccount.ec2Quotas ?? [], ['L-1216C47A', 32], ['L-417A185B', 0]]) },
      ['warn: 32 vCPU for A, C, D, H, I, M, R, T, Z (L-1216C47A)', 'warn: 0 vCPU for P (L-417A185B)']],
    ['without any machine', { ec2Quotas: new Map([...healthyAccount.ec2Quotas ?? [], ['L-34B43A08', 0]]) }, ['fail: 0 vCPU for A, C, D, H, I, M, R, T, Z (L-34B43A08)']],
    ['that tells nothing', { serviceLinkedRoles: undefined, ec2Quotas: undefined, lambdaConcurrency: undefined, bootstrapVersion: undefined }, []],
  ])('%s is found out', (_, change, expected) => {
    expect(notOk(checkAccount({ ...healthyAccount, ...change }))).toEqual(expected);
  });
});

describe('an environment', () => {
  it('that leads to AWS passes', () => {
    expect(checkEndpoints({ AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: '' })).toEqual([]);
    expect(checkEndpoints({ AWS_ENDPOINT_URL: 'http://127.0.0.1:4566', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' })).toEqual([]);
  });

  it('that leads elsewhere is told, with what to unset', () => {
    const findings = checkEndpoints({ AWS_ENDPOINT_URL_EC2: 'http://127.0.0.1:4567', AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' });
    expect(notOk(findings)).toEqual(['warn: an endpoint override is set (AWS_ENDPOINT_URL): this looks at http://127.0.0.1:4566 and not at AWS']);
    expect(findings[0]?.wayOut).toContain('unset AWS_ENDPOINT_URL AWS_ENDPOINT_URL_EC2');
    expect(notOk(checkEndpoints({ AWS_ENDPOINT_URL_EC2: 'http://10.0.0.1' }))).toEqual([
      'warn: an endpoint override is set (AWS_ENDPOINT_URL_EC2): this looks at http://10.0.0.1 and not at AWS']);
  });
});

describe('a network', () => {
  it('that has everything passes', () => {
    expect(notOk(checkNetwork(existing, healthyNetwork))).toEqual([]);
    expect(notOk(checkNetwork(parse({}), healthyNetwork))).toEqual([]);
  });

  it('with a zone that the account has not is found out', () => {
    expect(notOk(checkNetwork(parse({ network: { kind: 'created', zones: ['us-east-1q'] } }), healthyNetwork)))
      .toEqual(['fail: us-east-1q is not a zone of us-east-1 that this account may use']);
  });

  it.each<[string, Partial<SubnetFacts>, string[]]>([
    ['in another VPC', { vpcId: 'vpc-0fffffffffffffff0' }, ['fail: subnet-0123456789abcdef0 is in vpc-0fffffffffffffff0']],
    ['in another zone', { zone: 'us-east-1b' }, ['fail: subnet-0123456789abcdef0 is in us-east-1b, not in us-east-1a']],
    ['that is full', { freeAddresses: 0 }, ['fail: 0 free addresses in subnet-0123456789abcdef0']],
    ['that is small', { freeAddresses: 12 }, ['warn: 12 free addresses in subnet-0123456789abcdef0']],
    ['without a way out', { defaultRoute: undefined }, [
      'fail: subnet-0123456789abcdef0 has no default route, and no endpoint for s3, ssm, ssmmessages, logs',
      'warn: nodes cannot reach xray and monitoring, so collectors cannot send what jobs tell',
    ]],
    ['with an internet gateway only', { defaultRoute: 'igw-1' },
      ['fail: subnet-0123456789abcdef0 has only igw-1, which nodes cannot use without public addresses, and no endpoint for s3, ssm, ssmmessages, logs']],
  ])('with a subnet %s is found out', (_, change, expected) => {
    expect(notOk(checkNetwork(existing, { ...healthyNetwork, subnets: [{ ...subnet, ...change }] }))).toEqual(expected);
  });

  it('reaches AWS by endpoints as well as by a route', () => {
    const endpoints = new Set(['s3', 'ssm', 'ssmmessages', 'logs', 'xray', 'monitoring']);
    expect(notOk(checkNetwork(existing, { ...healthyNetwork, subnets: [{ ...subnet, defaultRoute: undefined }], endpoints }))).toEqual([]);
  });

  it('lacks what is named and not there', () => {
    const named = parse({
      network: { kind: 'existing', vpcId: subnet.vpcId, subnets: { 'us-east-1a': 'subnet-0fffffffffffffff0' }, securityGroup: 'sg-0123456789abcdef0' },
      namespaces: { '*': { securityGroups: ['sg-0fffffffffffffff0'] } },
    });
    const securityGroups = [{ groupId: 'sg-0123456789abcdef0', vpcId: subnet.vpcId, admitsItself: false, sendsToItself: false }];
    expect(notOk(checkNetwork(named, { ...healthyNetwork, securityGroups }))).toEqual([
      'fail: subnet-0fffffffffffffff0 does not exist',
      'fail: sg-0123456789abcdef0 does not let its members talk to each other',
      'fail: sg-0fffffffffffffff0 does not exist',
    ]);
  });

  describe('with Elastic Fabric Adapters', () => {
    const own: SecurityGroupFacts = { groupId: 'sg-0123456789abcdef0', vpcId: subnet.vpcId, admitsItself: true, sendsToItself: false };
    const storage: SecurityGroupFacts = { ...own, groupId: 'sg-0fffffffffffffff0', admitsItself: false };
    const network = { kind: 'existing', vpcId: subnet.vpcId, subnets: { 'us-east-1a': subnet.subnetId } };
    const withEfa = (securityGroup?: string) => parse({
      network: { ...network, ...(securityGroup === undefined ? {} : { securityGroup }) },
      namespaces: { '*': {}, lab: { efa: { x86_64: [1] }, securityGroups: [storage.groupId] } },
    });
    const found = (configuration: ReturnType<typeof parse>, ...securityGroups: SecurityGroupFacts[]) =>
      notOk(checkNetwork(configuration, { ...healthyNetwork, securityGroups }));

    it('lacks the rule to the group itself where its own group has only the one from it', () => {
      expect(found(withEfa(own.groupId), own, storage)).toEqual([
        'fail: lab: no rules for all traffic from and to the group itself in sg-0123456789abcdef0, sg-0fffffffffffffff0',
      ]);
    });

    it('needs both rules in one of the groups, no matter which', () => {
      expect(found(withEfa(own.groupId), { ...own, sendsToItself: true }, storage)).toEqual([]);
      expect(found(withEfa(own.groupId), own, { ...storage, admitsItself: true, sendsToItself: true })).toEqual([]);
    });

    it('has them in the group that the stack makes', () => {
      expect(found(withEfa(), storage)).toEqual([]);
    });
  });

  it('without the internet has no way for what collectors send, where it is not said', () => {
    const closed = { kind: 'created', egress: 'endpoints', extraEndpoints: ['ecr.api', 'ecr.dkr', 'xray'] };
    const collectors = (configuration: object) => notOk(checkNetwork(parse(configuration), healthyNetwork)).filter((finding) => finding.includes('collectors'));
    expect(collectors({ network: closed })).toEqual(['warn: nodes cannot reach monitoring, so collectors cannot send what jobs tell']);
    expect(collectors({ network: { ...closed, extraEndpoints: ['xray', 'monitoring'] } })).toEqual([]);
    expect(collectors({ network: closed, telemetry: { collector: 'none' } })).toEqual([]);
    expect(collectors({ network: { ...closed, extraEndpoints: ['xray'] }, telemetry: { nodeMetrics: false } })).toEqual([]);
    expect(collectors({ network: { ...closed, extraEndpoints: ['xray'] }, telemetry: { nodeMetrics: false, programMetrics: true } })).toHaveLength(1);
    const elsewhere = { otlpEndpoint: 'http://10.0.0.9:4318' };
    expect(collectors({ network: closed, telemetry: { ...elsewhere, nodeMetrics: false } })).toEqual([]);
    expect(collectors({ network: closed, telemetry: elsewhere })).toEqual(['warn: nodes cannot reach monitoring, so collectors cannot send what jobs tell']);
    const bySubnet = { ...healthyNetwork, subnets: [{ ...subnet, defaultRoute: undefined }], endpoints: new Set(['s3', 'ssm', 'ssmmessages', 'logs']) };
    expect(notOk(checkNetwork(existing, bySubnet))).toEqual(['warn: nodes cannot reach xray and monitoring, so collectors cannot send what jobs tell']);
  });

  it('without the internet cannot pull public images', () => {
    const network = { kind: 'created', egress: 'endpoints', extraEndpoints: ['xray', 'monitoring'] };
    const inEcr = { 'aws-cli:latest': '111122223333.dkr.ecr.us-east-1.amazonaws.com/aws-cli:latest' };
    expect(notOk(checkNetwork(parse({ network }), healthyNetwork))).toEqual([expect.stringContaining('cannot pull')]);
    expect(notOk(checkNetwork(parse({ network, imageAliases: inEcr }), healthyNetwork))).toEqual([expect.stringContaining('cannot pull')]);
    const reaching = { ...network, extraEndpoints: [...network.extraEndpoints, 'ecr.api', 'ecr.dkr'] };
    expect(notOk(checkNetwork(parse({ network: reaching, imageAliases: inEcr }), healthyNetwork))).toEqual([]);
  });
});

describe('machine images', () => {
  const configuration = parse({ machineImages: { default: { x86_64: 'ami-0123456789abcdef0', arm64: 'resolve:ssm:/images/arm' } } });
  const x86 = { imageId: 'ami-0123456789abcdef0', architecture: 'x86_64', rootDevice: '/dev/xvda' };

  it('must exist, for their architecture, with the root device that launches size', () => {
    expect(notOk(checkImages(configuration, new Map([['ami-0123456789abcdef0', x86], ['resolve:ssm:/images/arm', { ...x86, architecture: 'arm64' }]])))).toEqual([]);
    expect(notOk(checkImages(configuration, new Map([['ami-0123456789abcdef0', { ...x86, rootDevice: '/dev/sda1' }], ['resolve:ssm:/images/arm', x86]])))).toEqual([
      'fail: default, x86_64: ami-0123456789abcdef0 has its root at /dev/sda1',
      'fail: default, arm64: ami-0123456789abcdef0 is for x86_64',
    ]);
    expect(notOk(checkImages(configuration, new Map()))).toHaveLength(2);
  });
});

describe('traces of jobs', () => {
  it.each([
    [{ keeper: 'XRay', isReady: true }, 'warn', 'Transaction Search is off'],
    [{ keeper: 'CloudWatchLogs', isReady: false }, 'warn', 'is being turned on'],
    [{ keeper: 'CloudWatchLogs', isReady: true }, 'ok', 'is on'],
  ])('that are kept by %j are a finding: %s', (destination, status, detail) => {
    expect(checkTraces({ destination })).toEqual([expect.objectContaining({ status, detail: expect.stringContaining(detail) })]);
  });

  it('that are sent nowhere, or elsewhere, are none', () => {
    expect(checkTraces({})).toEqual([]);
  });
});

describe('capacity reservations', () => {
  const reservation: ReservationFacts = {
    reservationId: 'cr-0123456789abcdef0', state: 'active', zone: 'us-east-1a', instanceType: 'c7i.large', total: 4, kind: {},
  };
  const capacityReservations = [reservation.reservationId];
  const configuration = parse({ namespaces: { '*': { capacityReservations }, lab: { capacityReservations } } });

  it('that jobs can use pass, each once', () => {
    const kind = { platform: 'Linux/UNIX', tenancy: 'default', type: 'default', isInterruptible: false };
    expect(checkReservations(configuration, [{ ...reservation, kind }])).toEqual([
      { status: 'ok', check: 'capacity reservation', detail: 'cr-0123456789abcdef0: 4 of c7i.large in us-east-1a' },
    ]);
    expect(checkReservations(parse({}), [])).toEqual([]);
  });

  it('that do not exist are found out', () => {
    expect(notOk(checkReservations(configuration, []))).toEqual(['warn: cr-0123456789abcdef0 does not exist in us-east-1, or is not shared with this account']);
  });

  it.each<[string, Partial<ReservationFacts>, string]>([
    ['that is over', { state: 'expired' }, 'is expired'],
    ['that is to come', { state: 'scheduled' }, 'is scheduled'],
    ['in another zone', { zone: 'us-east-1f' }, 'is in us-east-1f, where no node runs'],
    ['that is a Capacity Block', { kind: { type: 'capacity-block' } }, 'is of type capacity-block'],
    ['for another system', { kind: { platform: 'Windows' } }, 'is for Windows'],
    ['on dedicated hardware', { kind: { tenancy: 'dedicated' } }, 'has tenancy dedicated'],
    ['that may be interrupted', { kind: { isInterruptible: true } }, 'is interruptible'],
    ['in a placement group', { kind: { placementGroup: 'arn:aws:ec2:us-east-1:111122223333:placement-group/close' } },
      'is in arn:aws:ec2:us-east-1:111122223333:placement-group/close'],
    ['on an Outpost', { kind: { outpost: 'arn:aws:outposts:us-east-1:111122223333:outpost/op-1' } }, 'is on arn:aws:outposts:us-east-1:111122223333:outpost/op-1'],
  ])('one %s is found out', (_, change, expected) => {
    expect(notOk(checkReservations(configuration, [{ ...reservation, ...change }]))).toEqual([`warn: cr-0123456789abcdef0 ${expected}`]);
  });
});

describe('the report', () => {
  it('puts the way out under what is not well, and counts', () => {
    const text = renderFindings(checkAccount({ ...healthyAccount, bootstrapVersion: 0 }));
    expect(text).toMatch(/FAIL {2}CDK bootstrap .* the region is not bootstrapped\n +→ npx cdk bootstrap\n/);
    expect(text).toMatch(/\n\n10 ok, 0 to look at, 1 failed$/);
  });
});
