import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createHash } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LaunchRecord } from '../../../core/capacity/gang.ts';
import { instanceId, microUsd } from '../../../core/job/ids.ts';
import type { Demand, Job, Node } from '../../../core/job/job.ts';
import { admit } from '../../../core/lifecycle/admit.ts';
import { amend } from '../../../core/lifecycle/amend.ts';
import { enter } from '../../../core/lifecycle/enter.ts';
import type { JobChange } from '../../../core/lifecycle/change.ts';
import { requestCancel } from '../../../core/lifecycle/request.ts';
import type { Lease } from '../../../core/ports/scheduler-store.ts';
import { DynamoPendingCounts } from '../../../lambdas/adapters/dynamodb/dynamo-pending-counts.ts';
import { OrchestratorTable } from '../../../lambdas/adapters/dynamodb/orchestrator-table.ts';
import { startMiniStack, type MiniStack } from '../ministack.ts';
import { admitted, after, base, grant, leased, manifest, stored, submission, submitted } from './submissions.ts';
import { UnitMeter } from './unit-meter.ts';
import { createTable, dynamoClient, dynamoStores, type StoreWorld } from './world.ts';

jest.setTimeout(120_000);

const unlike = (n: number): string => createHash('sha256').update(String(n)).digest('hex');

/** A gang of 65 as it looks: ids and addresses of their own, few types, zones and prices. */
const nodes: readonly Node[] = Array.from({ length: 65 }, (_, rank) => ({
  name: rank === 0 ? 'head-0' : `workers-${rank - 1}`,
  rank,
  pool: rank === 0 ? 'head' : 'workers',
  instanceId: instanceId(`i-${unlike(rank).slice(0, 17)}`),
  instanceType: rank % 2 === 0 ? 'c6i.4xlarge' : 'c5.4xlarge',
  zone: `us-east-1${'abc'.charAt(rank % 3)}`,
  market: 'spot',
  address: `10.0.${rank % 3}.${10 + rank}`,
  launchedAtMs: after(3_000 + rank),
  microUsdPerHour: microUsd(680_000),
}));

const demand: Demand = {
  nodes: 65, vcpus: 1_040, gpus: 0, microUsdPerHour: microUsd(44_200_000), zones: [],
  pools: [
    { nodes: 1, vcpus: 4, types: ['m6i.xlarge'], markets: ['on-demand'] },
    { nodes: 64, vcpus: 1_036, types: ['c6i.4xlarge', 'c5.4xlarge'], markets: ['spot', 'on-demand'] },
  ],
};
/** What it holds of the account's quotas, where they are set. */
const quotas = { 'Standard/spot': 1_036, 'Standard/on-demand': 1_040 } as const;
const typical = { demand, labels: { project: 'protein-folding', stage: 'production' }, user: 'ada.lovelace@example.org' };

describe('capacity units of the store', () => {
  let cloud: MiniStack;
  let client: DynamoDBClient;
  let observer: DynamoDBClient;
  let tableName: string;
  let world: StoreWorld;
  let lease: Lease;

  beforeAll(async () => {
    cloud = await startMiniStack();
    observer = dynamoClient(cloud.endpoint);
  });

  beforeEach(async () => {
    client = dynamoClient(cloud.endpoint);
    tableName = await createTable(client);
    world = dynamoStores(client, tableName);
    lease = await leased(world);
  });

  afterAll(async () => {
    client?.destroy();
    observer?.destroy();
    await cloud?.stop();
  });

  /** What `work` costs. */
  async function cost(work: () => Promise<unknown>): Promise<{ readonly writes: number; readonly reads: number }> {
    const meter = new UnitMeter(client, observer);
    try {
      await work();
    } finally {
      meter.stop();
    }
    return meter.total();
  }

  const commit = (change: JobChange | undefined) => async (): Promise<void> => {
    if (change === undefined) throw new Error('the job would not change');
    await world.jobs.commit(change);
  };

  it('a submission: job 2, its place in the listing 1, entry 2, event 2, the count of its lane 1; a new manifest 6', async () => {
    const canonical = JSON.stringify({ pools: Array.from({ length: 40 }, (_, i) => ({ pool: i, instanceTypes: ['c6i.4xlarge', 'c5.4xlarge'] })) });
    const first = { ...submission(1, typical), manifest: manifest('m', { canonical }) };
    expect(await cost(() => world.jobs.submit(first))).toEqual({ writes: 14, reads: 1 });
    const second = { ...submission(2, typical), manifest: manifest('m', { canonical }) };
    expect(await cost(() => world.jobs.submit(second))).toEqual({ writes: 8, reads: 1 });
  });

  it('an admission: job 2, entry 2, event 2, attempt 3; lease and counters 4 and the count of the lane 1 for all that go together', async () => {
    const one = admit(await submitted(world, 1, typical), quotas, after(1_000));
    expect(await cost(() => grant(world, lease, [one]))).toEqual({ writes: 14, reads: 0 });
    const jobs = await Promise.all([2, 3, 4].map((n) => submitted(world, n, typical)));
    const three = jobs.map((job) => admit(job, quotas, after(1_000)));
    expect(await cost(() => grant(world, lease, three))).toEqual({ writes: 5 + 3 * 9, reads: 0 });
  });

  it('a cancel of a job that waits: job 2, entry 2, two events 4, the count of its lane 2', async () => {
    const change = requestCancel(await submitted(world, 1, typical), 'ada', after(500));
    expect(await cost(commit(change === 'already' ? undefined : change))).toEqual({ writes: 10, reads: 0 });
  });

  it('a change with one event: 4', async () => {
    const job = await admitted(world, lease, 1, typical);
    const change = amend(job, job, [{ type: 'NodesOnline', message: 'all 65 nodes take commands' }], after(2_000));
    expect(await cost(commit(change))).toEqual({ writes: 4, reads: 0 });
  });

  it('an end: job 2, event 2, attempt 3, note 2; counting it 6', async () => {
    const job = await admitted(world, lease, 1, typical);
    await world.jobs.recordExecution(job.jobId, 1, `arn:aws:states:us-east-1:123456789012:execution:job-lifecycle:${job.jobId}-1`);
    await commit(enter(job, undefined, ['DESTROYING'], { kind: 'cancelled' }, after(2_000)))();
    const [destroying, attempt] = await Promise.all([stored(world, job.jobId), world.jobs.attempt(job.jobId, 1)]);
    expect(await cost(commit(enter(destroying, attempt, ['DONE'], { kind: 'gone' }, after(3_000))))).toEqual({ writes: 9, reads: 0 });
    const { releases } = await world.scheduler.overview();
    expect(await cost(() => world.scheduler.applyReleases(lease, releases, base))).toEqual({ writes: 6, reads: 0 });
  });

  it('the records of an attempt: a launch 1 before its call and 2 with 64 instances, 65 nodes 2, a step 1, a wait 1', async () => {
    const job: Job = await submitted(world, 1, typical);
    const { jobId } = job;
    const launch: LaunchRecord = {
      jobId, attempt: 1, ordinal: 1, pool: 'workers', count: 64, minimum: 64, market: 'spot', instanceTypes: ['c6i.4xlarge', 'c5.4xlarge'],
      zones: ['us-east-1a'], clientToken: `${jobId}-1-1`, requestedAtMs: after(2_000),
    };
    const launched = nodes.slice(1).map(({ instanceId: id, instanceType, zone, market }) => ({ instanceId: id, instanceType, zone, market }));
    expect(await cost(() => world.attempts.openLaunch(launch))).toEqual({ writes: 1, reads: 0 });
    expect(await cost(() => world.attempts.closeLaunch({ ...launch, result: { launched, unavailable: [] } }))).toEqual({ writes: 2, reads: 0 });
    expect(await cost(() => world.attempts.putNodes(jobId, 1, nodes))).toEqual({ writes: 2, reads: 0 });
    expect(await cost(() => world.attempts.nodes(jobId, 1))).toEqual({ writes: 0, reads: 1 });
    expect(await cost(() => world.attempts.peekNodes(jobId, 1))).toEqual({ writes: 0, reads: 0.5 });
    const step = { jobId, attempt: 1, step: 'run/0', name: 'train', ranks: 'all', last: true, sends: 0, startedAtMs: after(4_000) } as const;
    expect(await cost(() => world.attempts.beginStep(step))).toEqual({ writes: 1, reads: 0 });
    // Task tokens are about this long.
    const wait = { jobId, namespace: 'research', attempt: 1, token: unlike(1).repeat(12), purpose: 'step', step: 'run/0', sinceMs: after(5_000) } as const;
    expect(await cost(() => world.attempts.putWait(wait))).toEqual({ writes: 1, reads: 0 });
  });

  it('a look at the queue: a read of all that a cycle looks at, and one a lane, however many wait', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, n) => submitted(world, n, typical)));
    expect(await cost(() => world.scheduler.overview())).toEqual({ writes: 0, reads: 1 });
    const [lane] = (await world.scheduler.overview()).lanes;
    if (lane === undefined) throw new Error('no lane');
    expect(await cost(() => world.scheduler.window(lane, 1))).toEqual({ writes: 0, reads: 1 });
    expect(await cost(() => world.scheduler.window(lane, 25))).toEqual({ writes: 0, reads: 3 });
  });

  it('a hundred users in a cycle: the price of their counters and lanes', async () => {
    const jobs = await Promise.all(Array.from({ length: 100 }, (_, n) => submitted(world, n, { ...typical, user: `user-${n}@example.org` })));
    await grant(world, lease, jobs.map((job) => admit(job, quotas, after(1_000))));
    const { reads } = await cost(() => world.scheduler.overview());
    expect(reads).toBeLessThanOrEqual(10);
  });

  it('what is cooling: half a read for whoever plans, and a consistent one for whoever launches', async () => {
    expect(await cost(() => world.cooldowns.active(after(0)))).toEqual({ writes: 0, reads: 0.5 });
    expect(await cost(() => world.cooldowns.recent(after(0)))).toEqual({ writes: 0, reads: 1 });
  });

  it('what a namespace has waiting: a read, and far below its limit nothing again for some seconds', async () => {
    await submitted(world, 1, typical);
    const counts = new DynamoPendingCounts(new OrchestratorTable(client, tableName), { now: () => after(0) });
    const twice = async () => [await counts.pending('research', 1_000), await counts.pending('research', 1_000)];
    expect(await cost(twice)).toEqual({ writes: 0, reads: 1 });
    expect(await cost(twice)).toEqual({ writes: 0, reads: 0 });
  });
});
