import { beforeEach, describe, expect, it } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import type { JobId } from '../../core/job/ids.ts';
import type { Job } from '../../core/job/job.ts';
import type { JobChange } from '../../core/lifecycle/change.ts';
import { requestCancel } from '../../core/lifecycle/request.ts';
import { unitName } from '../../core/runtimes/node-step.ts';
import { awaitNodes } from '../../lambdas/lifecycle/await-nodes/await-nodes.ts';
import { destroyNodes } from '../../lambdas/lifecycle/destroy-nodes/destroy-nodes.ts';
import { finishJob } from '../../lambdas/lifecycle/finish-job/finish-job.ts';
import { onInstanceNotice } from '../../lambdas/lifecycle/on-instance-event/on-instance-event.ts';
import { reconcile } from '../../lambdas/lifecycle/reconcile/reconcile.ts';
import { sendAgain } from '../../lambdas/lifecycle/settle-step.ts';
import { InMemoryJobStore } from '../fakes/in-memory-job-store.ts';
import { InMemoryWorld } from './in-memory-world.ts';
import { expectLaws } from './laws.ts';
import { inStep, letGo, replace, sent, told, until } from './loss-story.ts';
import { aManifest } from './manifests.ts';

/** For how long an invocation of its own looks. */
const budgetMs = 60_000;
let world: InMemoryWorld;
beforeEach(() => {
  world = new InMemoryWorld();
});

/** One whose calls take a while, as they do over a network, some longer than others. */
class SlowJobStore extends InMemoryJobStore {
  commits = 0;
  #calls = 0;

  override async get(id: JobId): Promise<Job | undefined> {
    await this.#while();
    return super.get(id);
  }

  override async commit(change: JobChange): Promise<void> {
    this.commits += 1;
    await this.#while();
    await super.commit(change);
  }

  async #while(): Promise<void> {
    this.#calls += 1;
    for (let turns = 1 + ((this.#calls * 7) % 5); turns > 0; turns -= 1) await turn();
  }
}

/** What an execution does that only tears down, as one does that follows another which died. */
async function tearDown(id: JobId): Promise<void> {
  const task = { jobId: id, attempt: 1 };
  await destroyNodes(world.ports, { ...task, enter: [], result: { kind: 'error', reason: { code: 'ExecutionDied', message: 'It is over.' } } });
  await finishJob(world.ports, { ...task, enter: ['DONE'], result: { kind: 'gone' } });
}

/** Does something once, the first time that it is asked to. */
function once(what: () => Promise<void>): () => Promise<void> {
  let done = false;
  return async () => {
    if (done) return;
    done = true;
    await what();
  };
}

const launched = (): number => world.capacity.machines.launches.length;

describe('an invocation that awaits nodes and outlives its execution', () => {
  async function afterTeardown(id: JobId, round: number, when: (tear: () => Promise<void>) => (ms: number) => Promise<void>): Promise<void> {
    let before = 0;
    const tear = once(async () => {
      await tearDown(id);
      before = launched();
    });
    const answer = await awaitNodes({ ...world.ports, pause: when(tear) }, { jobId: id, attempt: 1, enter: [], round, step: 0 }, budgetMs);
    expect(answer).toMatchObject({ kind: 'cancelled' });
    expect([launched() - before, await world.running()]).toEqual([0, 0]);
    await world.live();
    await expectLaws(world);
  }

  it('launches nothing once its attempt is torn down between two looks', async () => {
    const id = await inStep(world, 'train', { more: replace });
    world.capacity.machines.reclaim(world.node(id, 2).instanceId);
    world.mute = (index) => index > 3;
    await afterTeardown(id, 1, (tear) => async (ms) => {
      await world.pass(ms);
      await tear();
    });
  });

  it('launches no other while the one that it launched becomes visible, and takes none for a node', async () => {
    const id = await inStep(world, 'train', { more: replace });
    world.capacity.machines.reclaim(world.node(id, 2).instanceId);
    const { machines } = world.capacity;
    const awaitVisible = machines.awaitVisible.bind(machines);
    await afterTeardown(id, 1, (tear) => {
      machines.awaitVisible = async (...of) => {
        await tear();
        return awaitVisible(...of);
      };
      return async (ms) => world.pass(ms);
    });
  });

  it('ends what it launched at the very moment of the teardown', async () => {
    const id = await inStep(world, 'train', { more: replace });
    world.capacity.machines.reclaim(world.node(id, 2).instanceId);
    const { machines } = world.capacity;
    const request = machines.request.bind(machines);
    const tear = once(async () => tearDown(id));
    machines.request = async (...of) => {
      await tear();
      return request(...of);
    };
    expect(await awaitNodes(world.ports, { jobId: id, attempt: 1, enter: [], round: 1, step: 0 }, budgetMs)).toMatchObject({ kind: 'cancelled' });
    expect(await world.running()).toBe(0);
  });

  it('replaces no node that never came up of a job that is torn down', async () => {
    world.mute = () => true;
    world.awaitBudgetMs = 300_000;
    const id = await world.submit(aManifest({ more: replace }), 'job-a');
    const tear = once(async () => tearDown(id));
    world.gate = (call) => {
      if (call === 'commands.online') void tear();
      return undefined;
    };
    await until(world, () => world.job(id).state === 'DONE');
    expect(world.capacity.machines.launches.filter(({ replaces }) => replaces !== undefined)).toEqual([]);
    expect(await world.running()).toBe(0);
  });

  it('launches nothing for a job that is cancelled while a replacement begins', async () => {
    const id = await inStep(world, 'train', { more: replace });
    const before = launched();
    world.gate = (call) => {
      if (call === 'capacity.replace') void world.ask(id, requestCancel);
      return undefined;
    };
    await world.lose(world.node(id, 2));
    await world.live();
    await expectLaws(world);
    expect(launched()).toBe(before);
    expect(world.job(id)).toMatchObject({ outcome: 'CANCELLED' });
  });
});

describe('two invocations that await the same nodes', () => {
  it('replace a node once, and the one that comes late takes nothing from the other', async () => {
    const id = await inStep(world, 'train', { more: replace });
    world.capacity.machines.reclaim(world.node(id, 2).instanceId);
    await world.pass(0);
    const input = { jobId: id, attempt: 1, enter: [], round: 1, step: 0 };
    const both = await Promise.allSettled([awaitNodes(world.ports, input, budgetMs), awaitNodes(world.ports, input, budgetMs)]);
    expect(both.some((one) => one.status === 'fulfilled' && one.value.kind === 'online')).toBe(true);
    expect(launched()).toBe(3);
    expect(await world.running()).toBe(3);
    expect(new Set([0, 1, 2].map((rank) => world.node(id, rank).instanceId)).size).toBe(3);
    letGo(world);
    await world.live();
    await expectLaws(world);
    expect(world.job(id)).toMatchObject({ outcome: 'SUCCEEDED' });
  });

  it('leave alone what was launched when the job went on with it', async () => {
    const id = await inStep(world, 'install', { more: replace });
    world.capacity.machines.reclaim(world.node(id, 2).instanceId);
    const { machines } = world.capacity;
    const awaitVisible = machines.awaitVisible.bind(machines);
    const input = { jobId: id, attempt: 1, enter: [], round: 1, step: 0 };
    machines.awaitVisible = async (...of) => {
      machines.awaitVisible = awaitVisible;
      await awaitNodes(world.ports, input, budgetMs);
      const job = world.job(id);
      world.table.jobs.set(id, { ...job, state: 'RUNNING', revision: job.revision + 1 });
      return awaitVisible(...of);
    };
    const late = await awaitNodes(world.ports, input, budgetMs);
    expect(late).toMatchObject({ kind: 'cancelled', reason: { code: 'AttemptWentOn' } });
    expect(await world.running()).toBe(3);
  });

  it('begin no replacement for which too little of their time is left', async () => {
    const id = await inStep(world, 'train', { more: replace });
    world.capacity.machines.reclaim(world.node(id, 2).instanceId);
    world.mute = (index) => index > 3;
    const before = launched();
    let pauses = 0;
    const pause = async (ms: number): Promise<void> => {
      pauses += 1;
      if (pauses === 11) world.capacity.machines.reclaim(world.node(id, 1).instanceId);
      await world.pass(ms);
    };
    const input = { jobId: id, attempt: 1, enter: [], round: 1, step: 0 };
    expect(await awaitNodes({ ...world.ports, pause }, input, budgetMs)).toEqual({ kind: 'pending' });
    expect(launched()).toBe(before + 1);
  });
});

describe('events that come while a node is replaced', () => {
  it('send no step of the left round to the new node: it is prepared first', async () => {
    const id = await inStep(world, 'install', { more: replace });
    for (let n = 0; n < 3; n += 1) await world.tick(10);
    const lost = [world.node(id, 1), world.node(id, 2)];
    const unit = unitName(id, 1, 'configure', 1);
    world.commands.endOf = () => ({ status: 'exited', exitCode: 0, tail: '' });
    world.mute = (index) => index === 5;
    for (const node of lost) world.capacity.machines.reclaim(node.instanceId);
    await world.pass(0);
    let looks = 0;
    world.gate = (call) => {
      if (call === 'commands.online') looks += 1;
      if (call === 'commands.online' && looks === 2) {
        world.commands.end(world.node(id, 0), unit, { status: 'exited', exitCode: 0, tail: '' });
        for (const node of lost) world.commands.end(node, unit, { status: 'lost', exitCode: 0, tail: '' });
      }
      if (call === 'commands.online' && looks === 6) void reconcile(world.ports);
      return undefined;
    };
    const [first] = lost;
    if (first !== undefined) await world.notify({ instanceId: first.instanceId, kind: 'gone' });
    await world.live();
    for (const rank of [1, 2]) {
      const { instanceId } = world.table.nodes.get(`${id}/1`)?.find((node) => node.rank === rank && node.goneAtMs === undefined) ?? world.node(id, rank);
      const begun = world.commands.begun.filter((key) => key.startsWith(`${instanceId}/`) && key.includes('configure')).map((key) => key.split(`${id}-1-`)[1]);
      expect(begun).toEqual(['configure-0-1', 'configure-1']);
    }
    expect(world.job(id)).toMatchObject({ outcome: 'SUCCEEDED' });
    await expectLaws(world);
  });

  it('send it not even if it was to be sent before', async () => {
    const id = await inStep(world, 'install', { more: replace });
    const record = await world.ports.attempts.step(id, 1, 'configure/1');
    await world.pass(5_000);
    let looks = 0;
    world.gate = (call) => {
      if (call === 'commands.online' && (looks += 1) === 2 && record !== undefined) void sendAgain(world.ports, record);
      return undefined;
    };
    await world.lose(world.node(id, 2));
    await until(world, () => sent(world, 'install') > 1);
    letGo(world);
    await world.live();
    const { instanceId } = world.table.nodes.get(`${id}/1`)?.find((node) => node.rank === 2 && node.goneAtMs === undefined) ?? world.node(id, 2);
    expect(world.commands.begun.filter((key) => key.startsWith(`${instanceId}/`) && key.includes('configure'))).toEqual([`${instanceId}/orch-${id}-1-configure-0-1`, `${instanceId}/orch-${id}-1-configure-1`]);
    expect(world.job(id)).toMatchObject({ outcome: 'SUCCEEDED' });
  });

  it('write no end of the step that was left into the history, however long the new node takes', async () => {
    const id = await inStep(world, 'install', { more: replace }, (yaml) => yaml.replace('{ name: install, script: "true" }', '{ name: install, script: "true", timeoutSeconds: 5 }'));
    world.mute = (index) => index > 3;
    world.awaitBudgetMs = 600_000;
    let looks = 0;
    world.gate = (call) => {
      if (call === 'commands.online' && (looks += 1) % 2 === 0) void reconcile(world.ports);
      if (call === 'commands.online') world.clock.advance(50_000);
      return undefined;
    };
    await world.lose(world.node(id, 2));
    expect(looks).toBeGreaterThan(4);
    expect(world.history(id).filter(({ message }) => message.includes('nodes do not answer'))).toEqual([]);
  });

  it('are borne a hundred at a time: each is heard, one is told', async () => {
    for (const zone of ['us-east-1a', 'us-east-1b', 'us-east-1c']) world.stock(zone, 300);
    const id = await inStep(world, 'train', { more: replace }, (yaml) => yaml.replace('count: 2', 'count: 100'));
    const nodes = (world.table.nodes.get(`${id}/1`) ?? []).filter(({ rank }) => rank > 0);
    const jobs = new SlowJobStore(world.table);
    const done = await Promise.allSettled(nodes.map(async ({ instanceId }) => onInstanceNotice({ ...world.ports, jobs }, { instanceId, kind: 'interruption' })));
    expect(done.filter(({ status }) => status === 'rejected')).toEqual([]);
    const offerings = new Set(nodes.map(({ instanceType, zone, market }) => `${instanceType}/${zone}/${market}`));
    expect(told(world, id).filter((type) => type === 'NodeInterrupted')).toHaveLength(offerings.size);
    expect(jobs.commits).toBeLessThanOrEqual(8 * offerings.size);
    expect(sent(world, 'train')).toBe(1);
  });
});
