import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { JobDetail, JobRef } from '../../../sdk/src/index.ts';
import { leavesNothing } from '../cloud/leaves-nothing.ts';
import { aCluster } from '../cloud/manifests.ts';
import { sharedCloud, type SharedCloud } from '../cloud/shared-cloud.ts';

jest.setTimeout(240_000);

const namespace = 'rehearsals';

/** One node that there is and two workers of which one is to be had on Spot; its scripts would fail if anybody ran them. */
const manifest = aCluster(namespace, 'rehearsal', {
  nodePools: [
    { name: 'head', count: 1, instanceType: 'm6i.large' },
    { name: 'workers', count: 2, instanceType: 'c6i.large', purchaseOption: 'SpotPreferred' },
  ],
  placement: { provider: 'simulated', region: 'us-east-1', availabilityZones: ['us-east-1a'] },
  hooks: {
    onConfigure: [{ name: 'install', script: 'exit 9' }],
    onRun: [{ name: 'train', script: 'exit 9' }],
    onPostRun: [{ name: 'upload', script: 'exit 9', env: { SIMULATED_EXIT_CODE: '4' } }],
  },
});

describe('a rehearsal on the deployed stack', () => {
  let cloud: SharedCloud;
  let ref: JobRef;
  let end: JobDetail;

  beforeAll(async () => {
    cloud = await sharedCloud();
    ref = await cloud.jobs.submit(manifest);
    end = await cloud.jobs.ends(ref, 200_000);
  });

  it('goes through the whole life of the job', async () => {
    const events = await cloud.jobs.events(ref);
    expect(events.filter(({ type }) => type === 'StateChanged').map(({ to }) => to)).toEqual([
      'ACQUIRING_CAPACITY', 'CONFIGURING', 'RUNNING', 'SUCCEEDED', 'POST_RUN', 'POST_RUN_FAILED', 'DESTROYING', 'DONE',
    ]);
    expect(end).toMatchObject({ provider: 'simulated', state: 'DONE', outcome: 'FAILED', reason: { message: 'upload exited with 4 on head-0: simulated: nothing ran' } });
  });

  it('finds what the configuration has, and nothing of EC2', async () => {
    expect(end.nodes.map(({ name, instanceId, market }) => [name, instanceId.split('-')[0], market]).toSorted()).toEqual([
      ['head-0', 'sim', 'on-demand'], ['workers-0', 'sim', 'spot'], ['workers-1', 'sim', 'on-demand'],
    ]);
    expect(await cloud.fleet.liveOf(ref.jobId)).toEqual([]);
  });

  it('says in its history and in its log that nothing ran', async () => {
    const ends = (await cloud.jobs.events(ref)).filter(({ type, message }) => type === 'StepFinished' && message.startsWith('install'));
    expect(ends.map(({ message }) => message)).toEqual(['install exited with 0 (simulated: nothing ran)']);
    const log = await cloud.jobs.logs(ref);
    expect(log.filter(({ step }) => step === 'train').map(({ node, message }) => `${node}: ${message}`)).toEqual(['head-0: simulated: nothing ran']);
  });

  it('leaves nothing', async () => {
    await leavesNothing(cloud, ref);
  });

  it('is refused under another name, with those that there are', async () => {
    const { placement } = manifest.spec;
    const unknown = { ...manifest, spec: { ...manifest.spec, placement: { ...placement, provider: 'simulate' } } };
    await expect(cloud.jobs.submit(unknown)).rejects.toMatchObject({
      problem: { status: 422, errors: [expect.objectContaining({ path: 'spec.placement.provider', suggestion: 'simulated', message: expect.stringContaining('it serves: aws, simulated') })] },
    });
  });
});
