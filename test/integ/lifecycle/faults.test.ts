import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { JobDetail, JobRef } from '../../../sdk/src/index.ts';
import { isAtRest, leavesNothing } from '../cloud/leaves-nothing.ts';
import { runsOnce } from '../cloud/runs-once.ts';
import { sharedCloud, type SharedCloud } from '../cloud/shared-cloud.ts';
import { mishaps, type Mishap } from './mishaps.ts';

jest.setTimeout(600_000);

interface Survived {
  readonly job: JobRef;
  readonly end: JobDetail;
}

let cloud: SharedCloud;
const survived = new Map<string, Promise<Survived>>();

async function survive({ manifest, faults = [], faultsOfJob = [], drive }: Mishap): Promise<Survived> {
  for (const fault of faults) await cloud.fleet.breaks(manifest.metadata.namespace, fault);
  const job = await cloud.jobs.submit(manifest);
  for (const fault of faultsOfJob) await cloud.fleet.breaks(job.jobId, fault);
  await drive?.(cloud, job);
  return { job, end: await cloud.jobs.ends(job, 480_000) };
}

/** All at once: what goes wrong for one job is none of the others' business. */
beforeAll(async () => {
  cloud = await sharedCloud();
  for (const [name, mishap] of Object.entries(mishaps)) {
    const surviving = survive(mishap);
    surviving.catch(() => undefined);
    survived.set(name, surviving);
  }
});

describe('a job ends right, runs no step twice and leaves nothing when', () => {
  it.each(Object.entries(mishaps))('%s', async (name, { ends: { reason, ...ends }, steps, launched, told }) => {
    const { job, end } = await (survived.get(name) ?? Promise.reject(new Error(name)));

    expect(end).toMatchObject(ends);
    if (reason !== undefined) expect(end.reason?.code).toBe(reason);
    if (told !== undefined) await cloud.jobs.happens(job, told, 10_000);
    expect(await cloud.fleet.instancesOf(job.jobId)).toHaveLength(launched);
    await runsOnce(cloud, job, steps);
    await leavesNothing(cloud, job);
  });

  it('all of that happens at once', async () => {
    await isAtRest(cloud);
  });
});
