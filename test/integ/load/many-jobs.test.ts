import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { eventually } from '../../../local/eventually.ts';
import { itemsOf, OrchestratorApiError, type Job, type JobDetail, type JobEvent, type JobRef } from '../../../sdk/src/index.ts';
import { isAtRest } from '../cloud/leaves-nothing.ts';
import { sharedCloud, type SharedCloud } from '../cloud/shared-cloud.ts';
import { siteOptions } from '../cloud/site.ts';
import { heldCounter } from './counters.ts';
import { flawsOf, mostHolders } from './histories.ts';
import { endings, namespaces, plannedJobs, plentifulMarket, scarceMarket, type PlannedJob } from './workload.ts';

jest.setTimeout(660_000);

const jobCount = 60;
const patienceMs = 540_000;
/** The last ones wait for long, so their priority can be changed. */
const hurried = 5;

type SubmittedJob = PlannedJob & { readonly job: JobRef };

let cloud: SharedCloud;
let submitted: readonly SubmittedJob[];
let ended: ReadonlyMap<string, JobDetail>;
let histories: ReadonlyMap<string, readonly JobEvent[]>;
let mostHeld = 0;
const limit: number = JSON.parse(readFileSync(siteOptions.config ?? '', 'utf8')).limits.maxRunningJobs;

beforeAll(async () => {
  cloud = await sharedCloud();
  await isAtRest(cloud);
  await cloud.fleet.changeMarket(scarceMarket);
  submitted = await inTurns(plannedJobs(jobCount), async (planned) => ({ ...planned, job: await cloud.jobs.submit(planned.manifest) }));
  await Promise.all([hurry(), cancelAll('cancelledAtOnce')]);
  await untilAllHaveEnded();
  ended = new Map(await inTurns(submitted, async ({ job }) => [job.jobId, await cloud.jobs.get(job)]));
  histories = new Map(await inTurns(submitted, async ({ job }) => [job.jobId, await cloud.jobs.events(job)]));
});

afterAll(async () => {
  await cloud.fleet.changeMarket(plentifulMarket);
});

/** Moves the last jobs to the front of the queue. */
async function hurry(): Promise<void> {
  for (const { job, fate } of submitted.slice(-hurried)) {
    if (fate === 'succeeds') await cloud.client().setPriority(job, 'high');
  }
}

async function cancelAll(fate: PlannedJob['fate']): Promise<void> {
  await inTurns(submitted.filter((planned) => planned.fate === fate), ({ job }) => cloud.jobs.cancel(job));
}

/** Looks on: cancels those that are to be cancelled while they run, and keeps the most that held limits. */
async function untilAllHaveEnded(): Promise<void> {
  const held = heldCounter(cloud);
  const toCancel = new Map(submitted.filter(({ fate }) => fate === 'cancelledRunning').map(({ job }) => [job.jobId, job]));
  await eventually(`${jobCount} jobs have ended`, async () => {
    mostHeld = Math.max(mostHeld, await held());
    const jobs = await listed();
    for (const { jobId, state } of jobs) {
      const job = state === 'RUNNING' ? toCancel.get(jobId) : undefined;
      if (job !== undefined && toCancel.delete(jobId)) await cloud.jobs.cancel(job);
    }
    return jobs.every(({ endedAt }) => endedAt !== undefined);
  }, { timeoutMs: patienceMs });
}

/** The jobs of this run, as the listings show them. */
async function listed(): Promise<readonly Job[]> {
  const ours = new Set(submitted.map(({ job }) => job.jobId));
  const all = await Promise.all(namespaces.map(async (namespace) => Array.fromAsync(itemsOf((cursor) =>
    cloud.client().listJobs(namespace, {}, { limit: 100, ...(cursor === undefined ? {} : { cursor }) })))));
  return all.flat().filter(({ jobId }) => ours.has(jobId));
}

/** Does something for each, a few at a time: each request at the same time is a process of the local cloud's. */
async function inTurns<Item, Result>(items: readonly Item[], act: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  const atOnce = 8;
  for (let i = 0; i < items.length; i += atOnce) results.push(...await Promise.all(items.slice(i, i + atOnce).map(act)));
  return results;
}

describe(`${jobCount} jobs submitted at once to a scarce market`, () => {
  it('each end as they have to', () => {
    const expected = submitted.map(({ fate, manifest }) => [manifest.metadata.name, fate, expect.objectContaining(endings[fate])]);
    const actual = submitted.map(({ fate, manifest, job }) => [manifest.metadata.name, fate, ended.get(job.jobId)]);
    expect(actual).toEqual(expected);
  });

  it('each have one history without a gap, along the lifecycle, with one end', () => {
    const flawed = submitted.map(({ manifest, job }) => [manifest.metadata.name, ...flawsOf(histories.get(job.jobId) ?? [])]);
    expect(flawed.filter((flaws) => flaws.length > 1)).toEqual([]);
  });

  it('never hold more than the limit, by the counters and by their histories', () => {
    expect([mostHeld <= limit, mostHolders([...histories.values()]) <= limit]).toEqual([true, true]);
    expect(mostHolders([...histories.values()])).toBe(limit);
  });

  it('take what the market has: some Spot, some on demand, some only after they waited', () => {
    const nodes = [...ended.values()].flatMap(({ nodes: of }) => of);
    expect(new Set(nodes.map(({ market }) => market))).toEqual(new Set(['spot', 'on-demand']));
    expect(new Set(nodes.map(({ zone }) => zone)).size).toBeGreaterThan(1);
    const waited = submitted.filter(({ fate, job }) => fate !== 'noCapacity' && histories.get(job.jobId)?.some(({ type }) => type === 'Parked'));
    expect(waited.length).toBeGreaterThan(0);
  });

  it('get all nodes that they asked for, or none', () => {
    const ran = [...ended.values()].filter(({ outcome }) => outcome === 'SUCCEEDED' || outcome === 'FAILED');
    expect(ran.filter(({ nodes, nodeCount }) => nodes.length !== nodeCount)).toEqual([]);
  });

  it('take another priority while they wait', async () => {
    const moved = submitted.slice(-hurried).filter(({ fate }) => fate === 'succeeds');
    expect(moved.map(({ job }) => ended.get(job.jobId)?.priority)).toEqual(moved.map(() => 750));
    expect(moved.every(({ job }) => histories.get(job.jobId)?.some(({ type }) => type === 'PriorityChanged'))).toBe(true);
  });

  it('leave no instance, no entry in the queue and no limit held', async () => {
    await isAtRest(cloud);
    const { instances } = await cloud.fleet.state();
    const ours = new Set(submitted.map(({ job }) => job.jobId));
    expect(instances.filter(({ tags, state }) => ours.has(tags['orchestrator:job'] ?? '') && (state === 'pending' || state === 'running'))).toEqual([]);
  });

  it('are refused where they have ended: a second cancel changes nothing', async () => {
    const [first] = submitted;
    await expect(cloud.jobs.cancel(first?.job ?? { namespace: '', jobId: '' })).rejects.toThrow(OrchestratorApiError);
  });
});
