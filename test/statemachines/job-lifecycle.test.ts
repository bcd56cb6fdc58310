import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { JobId } from '../../core/job/ids.ts';
import { requestCancel, requestRelease } from '../../core/lifecycle/request.ts';
import type { JobState } from '../../core/lifecycle/states.ts';
import { transitions } from '../../core/lifecycle/transitions.ts';
import { expectLaws, statesOf } from './laws.ts';
import { InMemoryWorld } from './in-memory-world.ts';
import { machine } from './lifecycle-world.ts';
import { aManifest, everyHook, noHook } from './manifests.ts';
import { describeLossAndFailure } from './loss-and-failure.cases.ts';
import { describeNodeLoss } from './node-loss.cases.ts';
import { failing, hanging } from './step-ends.ts';

const arrowsTaken = new Set<string>();
const transitionsSeen = new Set<string>();
let world: InMemoryWorld;

beforeEach(() => {
  world = new InMemoryWorld();
});

function note(seen: InMemoryWorld): void {
  for (const arrow of seen.arrows) arrowsTaken.add(arrow);
  for (const job of seen.table.jobs.values()) {
    statesOf(seen, job.jobId).reduce((from, to) => {
      transitionsSeen.add(`${from}→${to}`);
      return to;
    });
  }
}

/** Lives the job's life and holds it against the laws. */
async function lived(id: JobId, most?: number): Promise<readonly JobState[]> {
  await world.live(most);
  await expectLaws(world);
  note(world);
  return statesOf(world, id);
}

async function tickUntil(id: JobId, state: JobState): Promise<void> {
  for (let n = 0; n < 40 && world.job(id).state !== state; n += 1) await world.tick(5);
  expect(world.job(id).state).toBe(state);
}

describe('a job that goes well', () => {
  it('passes every stage to DONE', async () => {
    const id = await world.submit(aManifest(), 'job-a');
    expect(await lived(id)).toEqual([
      'PENDING', 'ACQUIRING_CAPACITY', 'CONFIGURING', 'RUNNING', 'SUCCEEDED', 'POST_RUN', 'DESTROYING', 'DONE',
    ]);
    expect(world.job(id)).toMatchObject({ outcome: 'SUCCEEDED', exitCode: 0 });
    expect(world.commands.sent.map((d) => d.step.name)).toEqual([expect.any(String), 'install', 'train', 'test', 'collect', 'upload']);
  });

  it('does without any hook, and ends when it is released', async () => {
    const id = await world.submit(aManifest({ hooks: noHook }), 'job-a');
    await tickUntil(id, 'RUNNING');
    await world.ask(id, requestRelease);
    expect(await lived(id)).toContain('SUCCEEDED');
    expect(world.job(id)).toMatchObject({ outcome: 'SUCCEEDED' });
  });

  it('heeds a release from before it runs', async () => {
    const id = await world.submit(aManifest({ hooks: noHook }), 'job-a');
    await world.ask(id, requestRelease);
    expect(await lived(id)).toContain('SUCCEEDED');
  });

  it('is not shaken by events that come twice, or not at all', async () => {
    for (const deliveries of [2, 0]) {
      world = new InMemoryWorld();
      world.deliveries = deliveries;
      const id = await world.submit(aManifest(), 'job-a');
      expect(await lived(id)).toContain('SUCCEEDED');
      expect(world.history(id).filter((e) => e.type === 'StepFinished')).toHaveLength(6);
    }
  });
});

describe('a job that fails', () => {
  it('ends in CONFIGURATION_FAILED when a hook fails', async () => {
    world.commands.endOf = failing('install');
    const id = await world.submit(aManifest(), 'job-a');
    expect(await lived(id)).toEqual(['PENDING', 'ACQUIRING_CAPACITY', 'CONFIGURING', 'CONFIGURATION_FAILED', 'DESTROYING', 'DONE']);
    expect(world.job(id)).toMatchObject({ outcome: 'FAILED', exitCode: 3, reason: { code: 'StepFailed', message: expect.stringContaining('install exited with 3 on head') } });
  });

  it('keeps the exit code of its job and runs post-run all the same', async () => {
    world.commands.endOf = failing('train', 42);
    const id = await world.submit(aManifest(), 'job-a');
    expect(await lived(id)).toContain('RUN_FAILED');
    expect(world.job(id)).toMatchObject({ outcome: 'FAILED', exitCode: 42 });
    expect(world.commands.sent.at(-1)?.step.name).toBe('upload');
  });

  it('is FAILED when its post-run fails after a good run', async () => {
    world.commands.endOf = failing('upload');
    const id = await world.submit(aManifest(), 'job-a');
    expect(await lived(id)).toContain('POST_RUN_FAILED');
    expect(world.job(id)).toMatchObject({ outcome: 'FAILED', reason: { code: 'StepFailed' } });
  });

  it('tries again where its policy says so', async () => {
    world.commands.endOf = failing('train');
    const id = await world.submit(aManifest({ more: '  retry: { maxAttempts: 2, on: [FAILED] }' }), 'job-a');
    expect((await lived(id)).filter((s) => s === 'ACQUIRING_CAPACITY')).toHaveLength(2);
    expect(world.job(id)).toMatchObject({ attempt: 2, outcome: 'FAILED' });
  });

  it('ends TIMED_OUT at its TTL, while it runs and while a hook does', async () => {
    for (const [step, state] of [['train', 'RUN_FAILED'], ['install', 'CONFIGURATION_FAILED']] as const) {
      world = new InMemoryWorld();
      world.commands.endOf = hanging(step);
      const id = await world.submit(aManifest(), 'job-a');
      expect(await lived(id)).toContain(state);
      expect(world.job(id)).toMatchObject({ outcome: 'TIMED_OUT', reason: { code: 'TtlExceeded' } });
    }
  });

  it('ends a hook that its nodes do not end in time', async () => {
    world.commands.endOf = hanging('upload');
    const hooks = everyHook.replace('{ name: upload, script: "true" }', '{ name: upload, script: "true", timeoutSeconds: 30 }');
    const id = await world.submit(aManifest({ hooks }), 'job-a');
    expect(await lived(id)).toContain('POST_RUN_FAILED');
    expect(world.job(id)).toMatchObject({ outcome: 'FAILED' });
  });

  it('is INTERRUPTED when a node of it is gone', async () => {
    world.commands.endOf = hanging('train');
    const id = await world.submit(aManifest(), 'job-a');
    await tickUntil(id, 'RUNNING');
    for (let n = 0; n < 4; n += 1) await world.tick(15);
    const [, node] = world.table.nodes.get(`${id}/1`) ?? [];
    if (node === undefined) throw new Error('no node');
    await world.capacity.terminate([node.instanceId]);
    expect(await lived(id)).toContain('RUN_FAILED');
    expect(world.job(id)).toMatchObject({ outcome: 'INTERRUPTED', reason: { code: 'NodeLost' } });
  });
});

describe('capacity', () => {
  const none = () => {
    for (const zone of ['us-east-1a', 'us-east-1b', 'us-east-1c']) world.stock(zone, 0);
  };

  it('is waited for in parking, with no limit held', async () => {
    none();
    const id = await world.submit(aManifest(), 'job-a');
    for (let n = 0; n < 8; n += 1) await world.tick(15);
    expect(world.job(id)).toMatchObject({ state: 'ACQUIRING_CAPACITY' });
    expect(world.history(id).map((e) => e.type)).toContain('Parked');
    world.stock('us-east-1b', 10);
    expect(await lived(id)).toContain('SUCCEEDED');
  });

  it('is given up after the capacity time-out', async () => {
    none();
    const id = await world.submit(aManifest({ more: '  capacity: { timeoutSeconds: 120 }' }), 'job-a');
    expect(await lived(id)).toEqual(['PENDING', 'ACQUIRING_CAPACITY', 'PROVISIONING_FAILED']);
    expect(world.job(id)).toMatchObject({ outcome: 'NO_CAPACITY', reason: { code: 'CapacityTimeout' } });
  });

  it('is tried for in a new attempt where the policy says so', async () => {
    none();
    const id = await world.submit(aManifest({ more: '  capacity: { timeoutSeconds: 60 }\n  retry: { maxAttempts: 2, on: [NO_CAPACITY] }' }), 'job-a');
    await lived(id);
    expect(world.job(id)).toMatchObject({ attempt: 2, outcome: 'NO_CAPACITY' });
  });

  it('is refused for good when EC2 rejects the launch', async () => {
    world.capacity.machines.request = async () => ({ kind: 'rejected', code: 'InvalidAMIID.NotFound', message: 'no such image' });
    const id = await world.submit(aManifest({ more: '  retry: { maxAttempts: 3, on: [FAILED] }' }), 'job-a');
    expect(await lived(id)).toContain('PROVISIONING_FAILED');
    expect(world.job(id)).toMatchObject({ attempt: 1, outcome: 'FAILED', reason: { code: 'LaunchRejected' } });
  });

  it('is replaced where a node never comes up, a few times', async () => {
    world.mute = (index) => index === 2;
    const id = await world.submit(aManifest(), 'job-a');
    expect(await lived(id)).toContain('SUCCEEDED');
    expect(world.history(id).map((e) => e.type)).toContain('NodeReplaced');
  });

  it('fails the configuration when no replacement comes up', async () => {
    world.mute = (index) => index >= 2;
    const id = await world.submit(aManifest(), 'job-a');
    expect(await lived(id)).toContain('CONFIGURATION_FAILED');
    expect(world.job(id)).toMatchObject({ outcome: 'FAILED', reason: { code: 'NodeNeverCameUp' } });
  });
});

describe('a cancel', () => {
  it('ends a job that waits in the queue at once', async () => {
    const id = await world.submit(aManifest(), 'job-a');
    await world.ask(id, requestCancel);
    expect(await lived(id)).toEqual(['PENDING', 'DONE']);
  });

  it('ends a parked job', async () => {
    for (const zone of ['us-east-1a', 'us-east-1b', 'us-east-1c']) world.stock(zone, 0);
    const id = await world.submit(aManifest(), 'job-a');
    await world.tick(5);
    await world.ask(id, requestCancel);
    expect(await lived(id)).toEqual(['PENDING', 'ACQUIRING_CAPACITY', 'DESTROYING', 'DONE']);
    expect(world.job(id)).toMatchObject({ outcome: 'CANCELLED' });
  });

  it.each([
    ['install', 'CONFIGURING', 'CANCELLED'],
    ['train', 'RUNNING', 'CANCELLED'],
    ['upload', 'POST_RUN', 'SUCCEEDED'],
  ] as const)('while %s hangs in %s ends it %s', async (step, state, outcome) => {
    world.commands.endOf = hanging(step);
    const id = await world.submit(aManifest(), 'job-a');
    await tickUntil(id, state);
    await world.tick(5);
    await world.ask(id, requestCancel);
    await lived(id);
    expect(world.job(id)).toMatchObject({ state: 'DONE', outcome });
  });

  it('while nodes come up tears down', async () => {
    world.mute = () => true;
    const id = await world.submit(aManifest(), 'job-a');
    let looks = 0;
    world.gate = (call) => {
      if (call === 'commands.online' && (looks += 1) === 3) void world.ask(id, requestCancel);
      return undefined;
    };
    expect(await lived(id)).toEqual(['PENDING', 'ACQUIRING_CAPACITY', 'CONFIGURING', 'DESTROYING', 'DONE']);
    expect(world.job(id)).toMatchObject({ outcome: 'CANCELLED' });
  });
});

describe('teardown', () => {
  it('is DESTRUCTION_FAILED while an instance does not go, and gives the limits back when it does', async () => {
    const id = await world.submit(aManifest(), 'job-a');
    await tickUntil(id, 'CONFIGURING');
    world.capacity.machines.stubborn = true;
    for (let n = 0; n < 60 && world.job(id).state !== 'DESTRUCTION_FAILED'; n += 1) await world.tick(15);
    expect(world.job(id)).toMatchObject({ state: 'DESTRUCTION_FAILED', outcome: 'SUCCEEDED', hold: { quotas: {} } });
    world.capacity.machines.stubborn = false;
    expect(await lived(id)).toContain('DESTRUCTION_FAILED');
    expect(world.history(id).map((e) => e.type)).toContain('NodesGone');
  });
});

describe('when a part is broken for good', () => {
  const calls = [
    'capacity.acquire', 'commands.online', 'commands.send', 'attempts.putWait', 'attempts.beginStep', 'capacity.release', 'jobs.attempt', 'manifests.get', 'attempts.putNodes',
  ] as const;

  it.each(calls)('%s fails for a while: the job ends, and nothing is left', async (call) => {
    let broken = true;
    world.gate = (made) => (broken && made === call ? 'before' : undefined);
    const id = await world.submit(aManifest(), 'job-a');
    for (let n = 0; n < 12; n += 1) await world.tick(15);
    broken = false;
    await lived(id, 80);
  });

  it.each(['RUNNING', 'POST_RUN'] as const)('the store of manifests fails in %s: the job ends, and nothing is left', async (state) => {
    const id = await world.submit(aManifest(), 'job-a');
    let failures = 0;
    world.gate = (call) => (call === 'manifests.get' && world.job(id).state === state && (failures += 1) < 8 ? 'before' : undefined);
    expect(await lived(id, 80)).toContain(state);
    expect(world.job(id)).toMatchObject({ outcome: 'FAILED' });
  });

  it('a job that cannot be parked is torn down', async () => {
    for (const zone of ['us-east-1a', 'us-east-1b', 'us-east-1c']) world.stock(zone, 0);
    world.gate = (call) => (call === 'attempts.putWait' ? 'before' : undefined);
    const id = await world.submit(aManifest(), 'job-a');
    expect(await lived(id)).toEqual(['PENDING', 'ACQUIRING_CAPACITY', 'DESTROYING', 'DONE']);
  });

  it.each([false, true])('an end that cannot be recorded is recorded later (instances stay: %s)', async (stubborn) => {
    for (const zone of ['us-east-1a', 'us-east-1b', 'us-east-1c']) world.stock(zone, stubborn ? 10 : 0);
    const id = await world.submit(aManifest({ more: '  capacity: { timeoutSeconds: 60 }' }), 'job-a');
    let broken = true;
    world.gate = (call) => {
      if (stubborn && call === 'commands.send') world.capacity.machines.stubborn = true;
      return broken && call === 'jobs.attempt' ? 'before' : undefined;
    };
    for (let n = 0; n < 40; n += 1) await world.tick(15);
    broken = false;
    world.capacity.machines.stubborn = false;
    await lived(id, 80);
  });
});

describeNodeLoss(note);
describeLossAndFailure(note);

afterAll(() => {
  const possible = transitions.map(({ from, to }) => `${from}→${to}`);
  expect(possible.filter((arrow) => !transitionsSeen.has(arrow))).toEqual([]);
  const arrows = Object.entries(machine.States).flatMap(([name, state]) => [
    ...(state.Choices ?? []).map((rule, i) => `${name} → ${rule.Next} (rule ${i})`),
    ...(state.Default === undefined ? [] : [`${name} → ${state.Default} (default)`]),
    ...(state.Catch ?? []).map((caught) => `${name} → ${caught.Next} (catch)`),
    ...(state.Next === undefined ? [] : [`${name} → ${state.Next} (next)`]),
  ]);
  expect(arrows.filter((arrow) => !arrowsTaken.has(arrow))).toEqual([]);
});
