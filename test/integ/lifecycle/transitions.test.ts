import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { transitions } from '../../../core/lifecycle/transitions.ts';
import type { JobDetail, JobRef } from '../../../sdk/src/index.ts';
import { isAtRest, leavesNothing } from '../cloud/leaves-nothing.ts';
import { runsOnce } from '../cloud/runs-once.ts';
import { sharedCloud, type SharedCloud } from '../cloud/shared-cloud.ts';
import { lives, type Life } from './lives.ts';

jest.setTimeout(600_000);

interface Lived {
  readonly job: JobRef;
  readonly end: JobDetail;
  readonly taken: readonly { readonly from: string; readonly to: string }[];
}

let cloud: SharedCloud;
const lived = new Map<string, Promise<Lived>>();
/** What takes back that which was prepared to go wrong. */
const mends = new Map<string, () => Promise<void>>();

async function live(name: string, { manifest, drive, prepare }: Life): Promise<Lived> {
  const mend = await prepare?.(cloud);
  if (mend !== undefined) mends.set(name, mend);
  const job = await cloud.jobs.submit(manifest);
  await drive?.(cloud, job);
  const end = await cloud.jobs.ends(job, 480_000);
  const taken = (await cloud.jobs.events(job)).flatMap(({ from, to }) => (from === undefined || to === undefined ? [] : [{ from, to }]));
  return { job, end, taken };
}

const livedAs = (name: string): Promise<Lived> => lived.get(name) ?? Promise.reject(new Error(`Nobody lived as ${name}.`));

/** All at once: most of each life is waiting. */
beforeAll(async () => {
  cloud = await sharedCloud();
  for (const [name, life] of Object.entries(lives)) {
    const living = live(name, life);
    living.catch(() => undefined);
    lived.set(name, living);
  }
});

describe('a job on the deployed stack', () => {
  it.each(Object.entries(lives))('%s', async (name, { path, ends: { reason, ...ends }, steps }) => {
    const { job, end, taken } = await livedAs(name);

    expect(taken.map(({ to }) => to)).toEqual(path);
    expect(end).toMatchObject({ state: path.at(-1), ...ends });
    expect(end.reason?.code).toBe(reason);
    await runsOnce(cloud, job, steps);
    if (end.state !== 'DESTRUCTION_FAILED') await leavesNothing(cloud, job);
  });

  it('is not cancelled any more once it is over', async () => {
    const { job } = await livedAs('runs hooks, job and post-run');

    await expect(cloud.jobs.cancel(job)).rejects.toMatchObject({ status: 409, problem: { title: expect.any(String) } });
  });

  it('holds its limits until the reconciler has ended the node that did not go', async () => {
    const name = 'has a node that does not go';
    const { job } = await livedAs(name);
    expect(await cloud.fleet.liveOf(job.jobId)).toHaveLength(1);

    await mends.get(name)?.();
    await cloud.account.reconcile();

    await cloud.jobs.happens(job, 'NodesGone');
    await leavesNothing(cloud, job);
    expect(await cloud.jobs.get(job)).toMatchObject({ state: 'DESTRUCTION_FAILED', outcome: 'SUCCEEDED' });
  });
});

describe('the lives of all these jobs', () => {
  it('take every arrow of the lifecycle, and no other', async () => {
    const arrows = (await Promise.all(lived.values())).flatMap(({ taken }) => taken.map(({ from, to }) => `${from} → ${to}`));

    expect([...new Set(arrows)].sort()).toEqual(transitions.map(({ from, to }) => `${from} → ${to}`).sort());
  });

  it('leave the deployment at rest', async () => {
    await isAtRest(cloud);
  });
});
