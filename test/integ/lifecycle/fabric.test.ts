import { DescribePlacementGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../../../local/eventually.ts';
import type { JobRef } from '../../../sdk/src/index.ts';
import { leavesNothing } from '../cloud/leaves-nothing.ts';
import { aCluster, script } from '../cloud/manifests.ts';
import { sharedCloud, type SharedCloud } from '../cloud/shared-cloud.ts';

jest.setTimeout(240_000);

/** The namespace that the deployment gives adapters and a reservation. */
const namespace = 'fabric';
const onRun = [script('train', 'true')];

describe('machines that stand close together, or are reserved, on the deployed stack', () => {
  let cloud: SharedCloud;
  let ec2: EC2Client;

  beforeAll(async () => {
    cloud = await sharedCloud();
    ec2 = new EC2Client({ ...cloud.account.client, endpoint: cloud.fleet.url });
  });

  const groupsOf = async ({ jobId }: JobRef): Promise<readonly (string | undefined)[]> => {
    const { PlacementGroups: groups = [] } = await ec2.send(new DescribePlacementGroupsCommand({ Filters: [{ Name: 'tag:orchestrator:job', Values: [jobId] }] }));
    return groups.map(({ GroupName }) => GroupName);
  };

  it('stand in a placement group of their own, which goes after them', async () => {
    const ref = await cloud.jobs.submit(aCluster(namespace, 'close', {
      nodePools: [{ name: 'head', count: 2, instanceType: 'c6i.large' }],
      placement: { region: 'us-east-1', placementGroup: true },
      hooks: { onRun },
    }));
    await cloud.jobs.reaches(ref, ['RUNNING', 'SUCCEEDED', 'POST_RUN', 'DESTROYING']);
    expect(await groupsOf(ref)).toEqual([expect.stringContaining(`-${ref.jobId}-1-us-east-1`)]);
    expect(await cloud.jobs.ends(ref)).toMatchObject({ state: 'DONE', outcome: 'SUCCEEDED' });
    await eventually('the group is removed', async () => {
      await cloud.account.reconcile();
      return (await groupsOf(ref)).length === 0;
    });
    await leavesNothing(cloud, ref);
  });

  it('are reserved where there is a reservation, and have as many adapters as their type', async () => {
    await cloud.fleet.changeMarket({ reservations: [{ id: 'cr-0fab0000000000001', type: 'm6i.xlarge', zone: 'us-east-1b', total: 1, matching: 'targeted' }] });
    const ref = await cloud.jobs.submit(aCluster(namespace, 'fabric', {
      nodePools: [{ name: 'head', count: 1, instanceType: 'm6i.xlarge' }, { name: 'workers', count: 1, instanceType: 'hpc6a.48xlarge', efa: true }],
      hooks: { onRun },
    }));
    const end = await cloud.jobs.ends(ref);
    expect(end).toMatchObject({ state: 'DONE', outcome: 'SUCCEEDED' });
    expect(end.nodes.map(({ pool, market, zone }) => [pool, market, zone]).toSorted()).toEqual([['head', 'reserved', 'us-east-1b'], ['workers', 'on-demand', 'us-east-1b']]);
    await leavesNothing(cloud, ref);
  });
});
