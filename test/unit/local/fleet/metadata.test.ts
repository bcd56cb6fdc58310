import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { TestFleet, present } from './test-fleet.ts';

jest.setTimeout(60_000);

describe('instance metadata', () => {
  const fleet = new TestFleet();
  let url = '';
  let token = '';
  let node = '';
  const get = async (path: string, headers: Record<string, string> = { 'x-aws-ec2-metadata-token': token }) => {
    const answer = await fetch(`${url}/latest/${path}`, { headers });
    return answer.ok ? answer.text() : answer.status;
  };

  beforeAll(async () => {
    fleet.cloud.templates.set('lt-0abc', { profile: { name: 'node' }, userData: '#!/bin/sh\ntrue\n' });
    for (const key of ['node', 'arn:aws:iam::000000000000:instance-profile/node']) {
      fleet.cloud.profiles.set(key, { arn: 'arn:aws:iam::000000000000:instance-profile/node', roleArn: 'arn:aws:iam::000000000000:role/node', roleName: 'node' });
    }
    await fleet.start();
    const [id] = await fleet.registered(1);
    node = present(id);
    url = `http://127.0.0.1:${fleet.simulator.context.instances.get(node)?.imdsPort}`;
    const answer = await fetch(`${url}/latest/api/token`, { method: 'PUT', headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '60' } });
    token = await answer.text();
  });
  afterAll(() => fleet.close());

  it('is given only against a token', async () => {
    expect(await get('meta-data/instance-id', {})).toBe(401);
    expect(await get('meta-data/instance-id', { 'x-aws-ec2-metadata-token': 'guess' })).toBe(401);
  });

  it.each([
    ['meta-data/placement/availability-zone', 'us-east-1a'],
    ['meta-data/placement/region', 'us-east-1'],
    ['meta-data/instance-type', 'm6i.large'],
    ['meta-data/local-ipv4', '172.31.0.4'],
    ['meta-data/tags/instance/job', 'job-1'],
    ['meta-data/iam/security-credentials/', 'node'],
    ['user-data', '#!/bin/sh\ntrue\n'],
    ['meta-data/spot/instance-action', 404],
    ['meta-data/placement/', 'availability-zone\navailability-zone-id\nregion'],
  ])('knows %s', async (path, expected) => {
    expect(await get(path)).toBe(expected);
  });

  it('hands out a session of the instance profile’s role', async () => {
    const session = JSON.parse(String(await get('meta-data/iam/security-credentials/node')));
    expect(session).toMatchObject({ Code: 'Success', AccessKeyId: `ASIA${node}`, Token: node });
  });

  it('names the instance in the identity document', async () => {
    expect(JSON.parse(String(await get('dynamic/instance-identity/document')))).toMatchObject({ instanceId: node, region: 'us-east-1' });
  });
});
