import { EC2Client } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Ec2PlacementGroups } from '../../../lambdas/adapters/ec2/ec2-placement-groups.ts';
import { aDeployment, aGang } from '../../builders/capacity.ts';
import type { MiniStack } from '../ministack.ts';
import { startMiniStack } from '../ministack.ts';

jest.setTimeout(90_000);

const { region } = aDeployment();

/** Placement groups, which moto lacks: MiniStack's EC2 is none of ours, though the fleet simulator stands before it elsewhere. */
describe('the adapters of EC2, judged by MiniStack', () => {
  let stack: MiniStack;
  let ec2: EC2Client;
  beforeAll(async () => {
    stack = await startMiniStack();
    ec2 = new EC2Client({ endpoint: stack.endpoint, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 });
  });
  afterAll(async () => {
    ec2.destroy();
    await stack.stop();
  });

  it('make a placement group once, find it by its tags, and remove it', async () => {
    const gang = aGang();
    await new Ec2PlacementGroups(ec2, 'test').ensure('group-1', gang);
    const groups = new Ec2PlacementGroups(ec2, 'test');
    await groups.ensure('group-1', gang);
    expect(await groups.list()).toEqual([{ name: 'group-1', jobId: gang.jobId, attempt: gang.attempt }]);
    expect(await new Ec2PlacementGroups(ec2, 'other').list()).toEqual([]);
    expect(await groups.remove('group-1')).toBe(true);
    expect(await groups.list()).toEqual([]);
  });
});
