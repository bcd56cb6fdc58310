import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../../../local/eventually.ts';
import type { JobRef } from '../../../sdk/src/index.ts';
import { leavesNothing } from '../cloud/leaves-nothing.ts';
import { aCluster, script } from '../cloud/manifests.ts';
import { runsOnce } from '../cloud/runs-once.ts';
import { sharedCloud, type SharedCloud } from '../cloud/shared-cloud.ts';
import { gate, type Gate } from '../cloud/gate.ts';

jest.setTimeout(600_000);

let cloud: SharedCloud;
beforeAll(async () => { cloud = await sharedCloud(); });

const nodePools = [{ name: 'head', count: 1, instanceType: 'm6i.large' }, { name: 'workers', count: 1, instanceType: 'c6i.large' }];

/** A job of two nodes in the middle of its run, which it ends when its gate is opened. */
async function running(name: string): Promise<{ readonly job: JobRef; readonly open: Gate['open'] }> {
  const { wait, open } = await gate(cloud, name);
  const hooks = { onConfigure: [script('Set up')], onRun: [script('Work', 'echo here', wait)], onPostRun: [script('Upload')] };
  const job = await cloud.jobs.submit(aCluster('disrupted', name, { nodePools, hooks }));
  await cloud.jobs.writes(job, 'here');
  return { job, open };
}

async function endsWell(job: JobRef): Promise<void> {
  expect(await cloud.jobs.ends(job)).toMatchObject({ state: 'DONE', outcome: 'SUCCEEDED', exitCode: 0, attempt: 1 });
  await runsOnce(cloud, job, 4);
  expect(await cloud.fleet.instancesOf(job.jobId)).toHaveLength(2);
  await leavesNothing(cloud, job);
}

describe('a job in the middle of its run', () => {
  it('outlasts a fleet simulator that is killed and comes back', async () => {
    const { job, open } = await running('fleet-killed');

    process.kill(cloud.fleetPid(), 'SIGKILL');
    await cloud.restartFleet();
    await open();

    await endsWell(job);
  });
});

describe('a deployment of a new release', () => {
  afterAll(async () => { await cloud.deploy(); });

  it('lets the jobs that run go on to their end, on the version that they began with', async () => {
    const { job, open } = await running('deployed-over');

    await cloud.deploy({
      command: 'node test/integ/lifecycle/next-release.ts',
      sources: ['test/integ/lifecycle/next-release.ts'],
      context: { config: 'test/fixtures/integ-deployment.json' },
    });

    const next = await cloud.jobs.submit(aCluster('disrupted', 'of-the-next-release', { hooks: { onRun: [script('Work')] } }));
    await open();

    await endsWell(job);
    await cloud.jobs.ends(next);
    await entersLast(job, 'Finished');
    await entersLast(next, 'FinishedByNextRelease');
  });
});

/** The job is done a moment before its execution is. */
async function entersLast({ jobId }: JobRef, state: string): Promise<void> {
  await eventually(`the execution of job ${jobId} enters ${state}`, async () => (await cloud.account.statesOf(jobId)).at(-1) === state);
}
