import { beforeEach, describe, expect, it } from '@jest/globals';
import type { JobId } from '../../core/job/ids.ts';
import type { JobChange } from '../../core/lifecycle/change.ts';
import { requestCancel } from '../../core/lifecycle/request.ts';
import { ZONES } from '../builders/capacity.ts';
import { InMemoryWorld } from './in-memory-world.ts';
import { lived, tickUntil } from './lived.ts';
import { aManifest, everyHook } from './manifests.ts';
import { failing, hanging } from './step-ends.ts';

let world: InMemoryWorld;

beforeEach(() => {
  world = new InMemoryWorld();
});

/** Instances of the job's current attempt go, all at once, and EC2 lists them no more. */
async function lose(id: JobId, which: (rank: number) => boolean = () => true): Promise<void> {
  const nodes = world.table.nodes.get(`${id}/${world.job(id).attempt}`) ?? [];
  await world.capacity.terminate(nodes.filter(({ rank }) => which(rank)).map(({ instanceId }) => instanceId));
}

function asChange(change: JobChange | 'already'): JobChange {
  if (change === 'already') throw new Error('nothing changed');
  return change;
}

const retried = '  retry: { maxAttempts: 2, on: [INTERRUPTED, TIMED_OUT] }';

describe('a lost node', () => {
  it('ends the run also when it was the last of its job', async () => {
    world.commands.endOf = hanging('train');
    const id = await world.submit(aManifest(), 'job-a');
    await tickUntil(world, id, 'RUNNING');
    for (let n = 0; n < 4; n += 1) await world.tick(15);
    await lose(id);
    await world.tick(15);
    expect(await lived(world, id)).toContain('RUN_FAILED');
    expect(world.job(id)).toMatchObject({ outcome: 'INTERRUPTED', reason: { code: 'NodeLost' } });
  });

  it('ends post-run if it is the head, and only then', async () => {
    world.commands.endOf = hanging('upload');
    const id = await world.submit(aManifest(), 'job-a');
    await tickUntil(world, id, 'POST_RUN');
    for (let n = 0; n < 4; n += 1) await world.tick(15);
    await lose(id, (rank) => rank > 0);
    await world.tick(15);
    expect(world.job(id)).toMatchObject({ state: 'POST_RUN' });
    await lose(id, (rank) => rank === 0);
    expect(await lived(world, id)).toContain('POST_RUN_FAILED');
    expect(world.job(id)).toMatchObject({ outcome: 'FAILED', reason: { code: 'NodeLost' } });
  });

  it('is looked for twice: one incomplete answer of EC2 ends no job', async () => {
    world.commands.endOf = hanging('train');
    const id = await world.submit(aManifest(), 'job-a');
    await tickUntil(world, id, 'RUNNING');
    for (let n = 0; n < 4; n += 1) await world.tick(15);
    const { describeAll } = world.capacity;
    world.capacity.describeAll = async () => [];
    await world.tick(15);
    world.capacity.describeAll = describeAll;
    await world.tick(15);
    expect(world.job(id)).toMatchObject({ state: 'RUNNING' });
  });
});

describe('a new attempt', () => {
  it('does not hear of the commands of the one before, which end after it', async () => {
    world.commands.endOf = hanging('install');
    const id = await world.submit(aManifest({ more: retried }), 'job-a');
    for (let n = 0; n < 60 && world.job(id).attempt === 1; n += 1) await world.tick(15);
    const late = world.commands.sent.findLast(({ step }) => step.name === 'install');
    for (let n = 0; n < 10 && world.commands.sent.filter(({ step }) => step.name === 'install').length < 2; n += 1) await world.tick(15);
    expect(world.job(id)).toMatchObject({ state: 'CONFIGURING', attempt: 2 });
    for (const node of late?.nodes ?? []) world.commands.end(node, `orch-${id}-1-configure-1`, { status: 'lost' });
    await world.deliver();
    await world.tick(5);
    expect(world.job(id)).toMatchObject({ state: 'CONFIGURING', attempt: 2 });
  });

  it('has its whole time to find capacity', async () => {
    world.commands.endOf = hanging('train');
    const id = await world.submit(aManifest({ more: `${retried}\n  capacity: { timeoutSeconds: 60 }` }), 'job-a');
    await tickUntil(world, id, 'RUNNING');
    for (let n = 0; n < 6; n += 1) await world.tick(15);
    world.commands.endOf = hanging('none');
    await lose(id);
    expect(await lived(world, id)).toContain('SUCCEEDED');
    expect(world.job(id)).toMatchObject({ attempt: 2, outcome: 'SUCCEEDED' });
  });
});

describe('the reconciler', () => {
  it('keeps the deadline of a step whose task died between the step’s record and the job’s', async () => {
    world.commands.endOf = hanging('upload');
    const hooks = everyHook.replace('{ name: upload, script: "true" }', '{ name: upload, script: "true", timeoutSeconds: 30 }');
    const id = await world.submit(aManifest({ hooks }), 'job-a');
    let died = false;
    world.gate = (call, [change]) => {
      const tells = call === 'jobs.commit' && JSON.stringify(change).includes('"upload on the head node"');
      if (!tells || died) return undefined;
      died = true;
      return 'before';
    };
    expect(await lived(world, id)).toContain('POST_RUN_FAILED');
    expect(died).toBe(true);
  });

  it('believes the nodes of a step that is out of time, if they have ended it', async () => {
    const hooks = everyHook.replace('{ name: upload, script: "true" }', '{ name: upload, script: "true", timeoutSeconds: 30 }');
    world.deliveries = 0;
    const id = await world.submit(aManifest({ hooks }), 'job-a');
    await tickUntil(world, id, 'POST_RUN');
    for (let n = 0; n < 20 && world.commands.sent.at(-1)?.step.name !== 'upload'; n += 1) await world.tick(5);
    world.clock.advance(400_000);
    expect(await lived(world, id)).not.toContain('POST_RUN_FAILED');
  });

  it('helps the others when one job cannot be helped', async () => {
    world.commands.endOf = hanging('train');
    const [a, b] = [await world.submit(aManifest(), 'job-a'), await world.submit(aManifest(), 'job-b')];
    await tickUntil(world, a, 'RUNNING');
    await tickUntil(world, b, 'RUNNING');
    world.gate = (call, [id]) => (call === 'attempts.wait' && id === a ? 'before' : undefined);
    for (let n = 0; n < 60 && world.job(b).state === 'RUNNING'; n += 1) await world.tick(15);
    expect(world.job(b)).toMatchObject({ outcome: 'TIMED_OUT' });
    expect(world.job(a)).toMatchObject({ state: 'RUNNING' });
  });

  it('gives Step Functions time to know an execution that it started', async () => {
    const id = await world.submit(aManifest(), 'job-a');
    const { status } = world;
    world.status = async () => 'unknown';
    await world.tick(5);
    world.status = status;
    expect(await lived(world, id)).toContain('SUCCEEDED');
    expect(world.job(id)).toMatchObject({ attempt: 1, outcome: 'SUCCEEDED' });
  });

  it('lets the search for capacity go on when its execution died', async () => {
    world.capacity.machines.request = async () => ({ kind: 'rejected', code: 'InvalidAMIID.NotFound', message: 'no such image' });
    let broken = true;
    world.gate = (call) => (broken && call === 'jobs.attempt' ? 'before' : undefined);
    const id = await world.submit(aManifest(), 'job-a');
    for (let n = 0; n < 8; n += 1) await world.tick(15);
    broken = false;
    expect(await lived(world, id)).toEqual(['PENDING', 'ACQUIRING_CAPACITY', 'PROVISIONING_FAILED']);
    expect(world.history(id).map(({ message }) => message)).toContain('the execution died; a new one goes on');
  });

  it('launches nothing for a parked job whose execution died: the new one waits for the turn', async () => {
    for (const zone of ZONES) world.stock(zone, 0);
    const id = await world.submit(aManifest(), 'job-a');
    for (let n = 0; n < 40 && world.table.parked.size === 0; n += 1) await world.tick(1);
    const before = world.table.parked.get(id);
    for (const zone of ZONES) world.stock(zone, 50);
    await world.pass(120_000);
    const { status } = world;
    world.status = async () => 'failed';
    await world.reconcile();
    world.status = status;
    expect(await world.running()).toBe(0);
    expect(world.job(id)).toMatchObject({ state: 'ACQUIRING_CAPACITY', parked: true });
    expect(world.job(id)).not.toHaveProperty('hold');
    expect(world.table.parked.get(id)?.token).not.toBe(before?.token);
    expect(await lived(world, id)).toContain('SUCCEEDED');
  });
});

describe('a cancel', () => {
  it('is seen by a task whose token it did not find', async () => {
    world.commands.endOf = hanging('train');
    const id = await world.submit(aManifest(), 'job-a');
    let asked = false;
    world.gate = (call, [wait]) => {
      if (call !== 'attempts.putWait' || asked || !JSON.stringify(wait).includes('run/0')) return undefined;
      asked = true;
      // The request finds the token of a task that is over; the reconciler is not asked here.
      world.table.apply(asChange(requestCancel(world.job(id), 'ada', world.clock.now())));
      return undefined;
    };
    for (let n = 0; n < 40 && world.job(id).outcome === undefined; n += 1) {
      await world.pass(5000);
      await world.schedule();
      await world.deliver();
    }
    expect(world.job(id)).toMatchObject({ outcome: 'CANCELLED' });
    await lived(world, id);
  });

  it('whose request died after its mark is answered by the reconciler', async () => {
    world.commands.endOf = hanging('train');
    const id = await world.submit(aManifest(), 'job-a');
    await tickUntil(world, id, 'RUNNING');
    await world.tick(5);
    world.table.apply(asChange(requestCancel(world.job(id), 'ada', world.clock.now())));
    await world.reconcile();
    expect(await lived(world, id)).toContain('RUN_FAILED');
    expect(world.job(id)).toMatchObject({ outcome: 'CANCELLED' });
  });
});

describe('a step that fails', () => {
  it('says so of a few nodes by name, whatever their number', async () => {
    world.commands.endOf = failing('install');
    const id = await world.submit(aManifest().replace('count: 2', 'count: 40'), 'job-a');
    await lived(world, id);
    expect(world.job(id).reason?.message.length).toBeLessThan(400);
  });
});
