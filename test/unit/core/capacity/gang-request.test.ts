import { describe, expect, it } from '@jest/globals';
import { gangRequest } from '../../../../core/capacity/gang-request.ts';
import { epochMs } from '../../../../core/job/ids.ts';
import { clusterDefinitionSchema } from '../../../../core/manifest/schema.ts';
import type { ClusterDefinition } from '../../../../core/manifest/schema.ts';
import { aJob } from '../../../builders/job.ts';

const manifest = (spec: Partial<ClusterDefinition['spec']>) =>
  clusterDefinitionSchema.parse({
    apiVersion: 'orchestrator.our-company.com/v1alpha1',
    kind: 'ClusterDefinition',
    metadata: { name: 'cluster', namespace: 'research' },
    spec: {
      nodePools: [{ name: 'workers', count: 64, instanceType: ['c6i.large', 'm6i.large'], purchaseOption: 'SpotPreferred' }, { name: 'head', count: 1, instanceType: 'm6i.large' }],
      placement: { region: 'us-east-1' },
      ...spec,
    },
  });

describe('gangRequest', () => {
  it('puts the head pool first and takes over what the manifest says', () => {
    expect(gangRequest(aJob({ labels: { team: 'a' } }), manifest({}))).toEqual({
      jobId: aJob().jobId, attempt: 1, namespace: 'research', labels: { team: 'a' }, provider: 'aws', region: 'us-east-1', zones: [], spread: 'Prefer', placementGroup: false,
      pools: [
        { pool: 'head', count: 1, instanceTypes: ['m6i.large'], purchaseOption: 'OnDemand', mix: 'Any', efa: false },
        { pool: 'workers', count: 64, instanceTypes: ['c6i.large', 'm6i.large'], purchaseOption: 'SpotPreferred', mix: 'Any', efa: false },
      ],
    });
  });

  it('takes the images of the runtime for pools that name none', () => {
    const images = { x86_64: 'resolve:ssm:/test/images/slurm/23.02.7/x86_64' };
    const nodePools = [{ name: 'head', count: 1, instanceType: 'm6i.large', image: 'ami-0123456789abcdef0' }, { name: 'workers', count: 2, instanceType: 'm6i.large' }];
    const { pools } = gangRequest(aJob(), manifest({ nodePools }), images);
    expect(pools.map((pool) => [pool.image, pool.images])).toEqual([['ami-0123456789abcdef0', undefined], [undefined, images]]);
  });

  it('counts the budget in millionths of a dollar', () => {
    expect(gangRequest(aJob(), manifest({ capacity: { maxUsdPerHour: 12.34 } })).maxMicroUsdPerHour).toBe(12_340_000);
  });

  it('keeps to the account quotas that the job holds', () => {
    const hold = { sinceMs: epochMs(0), endsByMs: epochMs(1), quotas: { 'Standard/spot': 128 } };
    expect(gangRequest(aJob({ hold }), manifest({})).quotas).toEqual({ 'Standard/spot': 128 });
  });

  it('names the zones where the manifest does', () => {
    expect(gangRequest(aJob(), manifest({ placement: { region: 'us-east-1', availabilityZones: ['us-east-1b'], spread: 'Single' } }))).toMatchObject({ zones: ['us-east-1b'], spread: 'Single' });
  });
});
