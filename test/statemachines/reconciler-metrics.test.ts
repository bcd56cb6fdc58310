import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Deployment } from '../../core/deployment/deployment.ts';
import { jobId, type JobId } from '../../core/job/ids.ts';
import type { Job } from '../../core/job/job.ts';
import { requestCancel } from '../../core/lifecycle/request.ts';
import { InMemoryWorld } from './in-memory-world.ts';
import { aManifest } from './manifests.ts';
import { hanging } from './step-ends.ts';

/** One whose deployment tells costs apart by a label. */
class LabelledWorld extends InMemoryWorld {
  override get deployment(): Deployment {
    const { telemetry, ...others } = super.deployment;
    return { ...others, telemetry: { ...telemetry, costLabel: { key: 'cost-center', values: ['fold', 'dock'] } } };
  }
}

let world: InMemoryWorld;

beforeEach(() => {
  world = new InMemoryWorld();
});

/** What a pass of the reconciler measures, by metric and the value of its dimension. */
async function measuredByPass(): Promise<Readonly<Record<string, number>>> {
  world.measured.length = 0;
  await world.reconcile();
  return Object.fromEntries(world.measured.map(({ name, dimensions, value }) => [[name, ...Object.values(dimensions)].join(' '), value]));
}

/** The same of what jobs cost an hour, in millionths of a USD: all of them together, and by namespace. */
async function spendByPass(): Promise<readonly (number | undefined)[]> {
  const { SpendPerHourUsd: all, 'CostPerHourUsd *': others } = await measuredByPass();
  return [all, others].map((usd) => (usd === undefined ? undefined : Math.round(usd * 1e6)));
}

/** What the nodes of a job cost an hour that have not been taken out. */
function priceOf(id: JobId): number {
  const nodes = world.table.nodes.get(`${id}/${world.job(id).attempt}`) ?? [];
  return nodes.filter(({ goneAtMs }) => goneAtMs === undefined).reduce((sum, { microUsdPerHour }) => sum + microUsdPerHour, 0);
}

async function runningJob(fields: Partial<Job> = {}): Promise<JobId> {
  world.commands.endOf = hanging('train');
  const id = await world.submit(aManifest(), 'job-a');
  for (let n = 0; n < 40 && world.job(id).state !== 'RUNNING'; n += 1) await world.tick(5);
  world.table.jobs.set(id, { ...world.job(id), ...fields });
  return id;
}

describe('the reconciler measures', () => {
  it('zeros where all is well', async () => {
    const id = await runningJob();
    expect(await measuredByPass()).toMatchObject({ OrphansTerminated: 0, JobsStuck: 0 });
    await world.ask(id, requestCancel);
    await world.live();
    expect(await measuredByPass()).toEqual({ OrphansTerminated: 0, JobsStuck: 0, MachinesLeft: 0, 'CostPerHourUsd *': 0, SpendPerHourUsd: 0 });
  });

  it('orphans that it terminated, once', async () => {
    const stray = { jobId: jobId('job-gone'), attempt: 1, ordinal: 1, pool: 'workers', count: 2, minimum: 1, market: 'spot', instanceTypes: ['c6i.large'], zones: ['us-east-1a'], clientToken: 'stray' } as const;
    await world.capacity.machines.launch({ ...stray, requestedAtMs: world.clock.now(), request: '{}' });
    await world.pass(60_000);
    expect(await measuredByPass()).toMatchObject({ OrphansTerminated: 2 });
    expect(await measuredByPass()).toMatchObject({ OrphansTerminated: 0 });
  });

  it('no orphans that could not be terminated', async () => {
    const stray = { jobId: jobId('job-gone'), attempt: 1, ordinal: 1, pool: 'workers', count: 1, minimum: 1, market: 'spot', instanceTypes: ['c6i.large'], zones: ['us-east-1a'], clientToken: 'stray' } as const;
    await world.capacity.machines.launch({ ...stray, requestedAtMs: world.clock.now(), request: '{}' });
    await world.pass(60_000);
    world.gate = (call) => (call === 'capacity.terminate' ? 'before' : undefined);
    expect(await measuredByPass()).toMatchObject({ OrphansTerminated: 0 });
  });

  it('a job that nothing moves any more, though each try to move it fails, and that it is over', async () => {
    const id = await runningJob();
    const { ttlSeconds } = world.job(id);
    world.gate = (call) => (call === 'tokens.answer' ? 'before' : undefined);
    await world.pass(ttlSeconds * 1000);
    expect(await measuredByPass()).toMatchObject({ JobsStuck: 0 });
    await world.pass(120_000);
    expect(await measuredByPass()).toMatchObject({ JobsStuck: 1 });
    world.gate = () => undefined;
    await world.reconcile();
    expect(await measuredByPass()).toMatchObject({ JobsStuck: 0 });
  });

  it('a job whose machines do not go, as long as they do not, and if nobody can tell', async () => {
    const id = await runningJob();
    world.capacity.machines.stubborn = true;
    await world.ask(id, requestCancel);
    for (let n = 0; n < 60 && world.job(id).state !== 'DESTRUCTION_FAILED'; n += 1) await world.tick(15);
    expect(await measuredByPass()).toMatchObject({ MachinesLeft: 1 });
    world.gate = (call) => (call === 'capacity.release' ? 'before' : undefined);
    expect(await measuredByPass()).toMatchObject({ MachinesLeft: 1 });
    world.gate = () => undefined;
    world.capacity.machines.stubborn = false;
    for (let n = 0; n < 10 && world.table.attempts.get(`${id}/1`)?.active === true; n += 1) await world.pass(60_000);
    expect(await measuredByPass()).toMatchObject({ MachinesLeft: 0 });
  });

  it('no rehearsal as stuck', async () => {
    const { ttlSeconds } = world.job(await runningJob({ provider: 'simulated' }));
    world.gate = (call) => (call === 'tokens.answer' ? 'before' : undefined);
    await world.pass(ttlSeconds * 1000 + 120_000);
    expect(await measuredByPass()).toMatchObject({ JobsStuck: 0 });
  });

  it('nothing of machines that it could not list', async () => {
    await runningJob();
    world.gate = (call) => (call === 'capacity.describeAll' ? 'before' : undefined);
    const measured = await measuredByPass();
    expect(measured).toMatchObject({ JobsStuck: 0 });
    expect(measured).not.toHaveProperty('OrphansTerminated');
  });

  it('jobs that are stuck, but not that none is, where it could not look at all of them', async () => {
    await runningJob();
    world.gate = (call) => (call === 'attempts.wait' ? 'before' : undefined);
    const measured = await measuredByPass();
    expect(measured).not.toHaveProperty('JobsStuck');
    expect(measured).not.toHaveProperty('MachinesLeft');
  });

  it('nothing of jobs that it could not list', async () => {
    await runningJob();
    world.gate = (call) => (call === 'jobs.activeAttempts' ? 'before' : undefined);
    expect(await measuredByPass()).toEqual({ OrphansTerminated: 0 });
  });
});

describe('the reconciler measures what jobs cost an hour', () => {
  it('at the prices of the machines that they have, less than the most that they can cost', async () => {
    const id = await runningJob();
    const price = priceOf(id);
    expect(await spendByPass()).toEqual([price, price]);
    expect(price).toBeGreaterThan(0);
    expect(price).toBeLessThan(world.job(id).demand.microUsdPerHour);
  });

  it('by the label that the configuration names', async () => {
    world = new LabelledWorld();
    const id = await runningJob({ labels: { 'cost-center': 'fold' } });
    const usd = priceOf(id) / 1e6;
    expect(await measuredByPass()).toMatchObject({ 'CostPerHourUsdByLabel fold': usd, 'CostPerHourUsdByLabel dock': 0, 'CostPerHourUsdByLabel other': 0, SpendPerHourUsd: usd });
    world.table.jobs.set(id, { ...world.job(id), labels: {} });
    expect(await measuredByPass()).toMatchObject({ 'CostPerHourUsdByLabel fold': 0, 'CostPerHourUsdByLabel other': usd });
  });

  it('without machines that are gone', async () => {
    const id = await runningJob();
    world.capacity.machines.reclaim(world.node(id, 1).instanceId);
    await world.pass(60_000);
    const { microUsdPerHour } = world.node(id, 1);
    expect(await spendByPass()).toEqual([priceOf(id) - microUsdPerHour, priceOf(id) - microUsdPerHour]);
  });

  it('without rehearsals', async () => {
    await runningJob({ provider: 'simulated' });
    expect(await spendByPass()).toEqual([0, 0]);
  });

  it.each(['tokens.answer', 'executions.status'])('at the prices of its machines of a job that it cannot look after, since %s fails', async (failing) => {
    const id = await runningJob();
    const price = priceOf(id);
    world.gate = (call) => (call === failing ? 'before' : undefined);
    // Its time is over, so that there is something to be answered.
    await world.pass(world.job(id).ttlSeconds * 1000);
    expect(await spendByPass()).toEqual([price, price]);
    expect(price).toBeLessThan(world.job(id).demand.microUsdPerHour);
  });

  it.each(['attempts.nodes', 'jobs.get'])('without a job of which it cannot read that much, since %s fails', async (failing) => {
    await runningJob();
    world.gate = (call) => (call === failing ? 'before' : undefined);
    expect(await spendByPass()).toEqual([0, 0]);
  });

  it('at the prices of all nodes where EC2 does not answer', async () => {
    const price = priceOf(await runningJob());
    world.gate = (call) => (call === 'capacity.describeAll' ? 'before' : undefined);
    expect(await spendByPass()).toEqual([price, price]);
  });

  it('not at all where it could not list the jobs', async () => {
    await runningJob();
    world.gate = (call) => (call === 'jobs.activeAttempts' ? 'before' : undefined);
    expect(await spendByPass()).toEqual([undefined, undefined]);
  });
});
