import { beforeEach, describe, expect, it } from '@jest/globals';
import type { JobId } from '../../core/job/ids.ts';
import { InMemoryWorld } from './in-memory-world.ts';
import { expectLaws } from './laws.ts';
import { inStep, letGo, replace, sent, told, unitOfRun, until } from './loss-story.ts';
import { aManifest } from './manifests.ts';

const again = `${replace}\n  retry: { maxAttempts: 2, on: [INTERRUPTED] }`;
const failed = { status: 'exited', exitCode: 1, tail: 'connection lost' } as const;

/** What comes of a job that loses nodes and fails for it, or nearly. `note` is told of every world that was lived in. */
export function describeLossAndFailure(note: (world: InMemoryWorld) => void): void {
  let world: InMemoryWorld;
  beforeEach(() => {
    world = new InMemoryWorld();
  });

  async function lived(): Promise<void> {
    await world.live(80);
    await expectLaws(world);
    note(world);
  }

  const coolingCodes = (): readonly string[] => [...world.table.cooldowns.values()].map(({ code }) => code);
  const retried = (id: JobId): string => world.history(id).find(({ type }) => type === 'AttemptRetried')?.message ?? '';

  /** Something happens when nodes are looked at for the n-th time from now. */
  function atLook(number: number, what: () => unknown): void {
    let looks = 0;
    world.gate = (call) => {
      if (call === 'commands.online' && (looks += 1) === number) what();
      return undefined;
    };
  }

  const endRun = (id: JobId, exitCode: number): void => world.commands.end(world.node(id, 0), unitOfRun(world, id), { ...failed, exitCode });

  describe('a run that ends after the loss of a node was heard', () => {
    it('was interrupted if it fails while the new node is configured', async () => {
      const id = await inStep(world, 'train', { more: again });
      atLook(1, () => endRun(id, 1));
      await world.lose(world.node(id, 2));
      world.commands.endOf = () => ({ status: 'exited', exitCode: 0, tail: '' });
      await lived();
      expect(world.job(id)).toMatchObject({ attempt: 2, outcome: 'SUCCEEDED' });
      expect(retried(id)).toMatch(/INTERRUPTED: The run failed while lost nodes were replaced\. train exited with 1 .*connection lost/);
    });

    it('was interrupted if it fails before a new node is launched, and none is', async () => {
      const id = await inStep(world, 'train', { more: again });
      const launches = world.capacity.machines.launches.length;
      world.capacity.machines.reclaim(world.node(id, 2).instanceId);
      endRun(id, 1);
      const answer = { kind: 'replace', reason: { code: 'NodeLost', message: 'workers-1 no longer runs.' } } as const;
      const step = await world.ports.attempts.step(id, 1, 'run/0');
      if (step !== undefined) await world.ports.attempts.updateStep({ ...step, answer: { kind: 'failed', exitCode: 1, reason: { code: 'StepFailed', message: 'train exited with 1.' } } });
      const wait = await world.ports.attempts.wait(id);
      await world.tokens.answer(wait?.token ?? '', answer);
      world.commands.endOf = () => ({ status: 'exited', exitCode: 0, tail: '' });
      await until(world, () => world.job(id).state !== 'RUNNING');
      expect(world.capacity.machines.launches).toHaveLength(launches);
      await lived();
      expect(world.job(id)).toMatchObject({ attempt: 2, outcome: 'SUCCEEDED' });
    });

    it('is gone on with if it ended well, and its nodes are replaced for what follows', async () => {
      const id = await inStep(world, 'train', { more: replace });
      world.capacity.machines.reclaim(world.node(id, 2).instanceId);
      const step = await world.ports.attempts.step(id, 1, 'run/0');
      if (step !== undefined) await world.ports.attempts.updateStep({ ...step, answer: { kind: 'stepDone', exitCode: 0 } });
      const wait = await world.ports.attempts.wait(id);
      await world.tokens.answer(wait?.token ?? '', { kind: 'replace', reason: { code: 'NodeLost', message: 'workers-1 no longer runs.' } });
      letGo(world);
      await lived();
      expect(world.job(id)).toMatchObject({ attempt: 1, outcome: 'SUCCEEDED' });
      expect(sent(world, 'test')).toBe(1);
    });

    it('is believed when it fails by itself later', async () => {
      const id = await inStep(world, 'train', { more: again });
      await world.lose(world.node(id, 2));
      await until(world, () => sent(world, 'install') === 2);
      await world.tick(30);
      endRun(id, 3);
      await lived();
      expect(world.job(id)).toMatchObject({ attempt: 1, outcome: 'FAILED', exitCode: 3, reason: { code: 'StepFailed' } });
    });
  });

  describe('what fails because a node is gone', () => {
    it('was interrupted, if it is the configuration of the others', async () => {
      const id = await inStep(world, 'install', { more: again });
      const lost = world.node(id, 2);
      world.capacity.machines.reclaim(lost.instanceId);
      for (const node of [world.node(id, 0), world.node(id, 1), lost]) world.commands.end(node, `orch-${id}-1-configure-1`, failed);
      world.commands.endOf = () => ({ status: 'exited', exitCode: 0, tail: '' });
      await lived();
      expect(world.job(id)).toMatchObject({ attempt: 2, outcome: 'SUCCEEDED' });
      expect(retried(id)).toMatch(/INTERRUPTED: The configuration failed when workers-1 .* was gone\./);
    });

    it('was interrupted, if it is the replacement, which EC2 does not let be made', async () => {
      const id = await inStep(world, 'train', { more: again });
      let calls = 0;
      world.gate = (call) => (call === 'capacity.replace' && (calls += 1) <= 4 ? 'before' : undefined);
      await world.lose(world.node(id, 2));
      world.commands.endOf = () => ({ status: 'exited', exitCode: 0, tail: '' });
      await lived();
      expect(world.job(id)).toMatchObject({ attempt: 2, outcome: 'SUCCEEDED' });
    });
  });

  describe('a node that dies while the nodes come up', () => {
    it('is replaced within some looks, not only when it is late, and its offering cools', async () => {
      const id = await world.submit(aManifest({ more: replace }), 'job-a');
      world.mute = (index) => index === 2;
      const startMs = world.clock.now();
      atLook(1, () => world.capacity.machines.reclaim(world.node(id, 1).instanceId));
      await until(world, () => told(world, id).includes('NodeReplaced'));
      const [replaced] = world.history(id).filter(({ type }) => type === 'NodeReplaced');
      expect((replaced?.atMs ?? 0) - startMs).toBeLessThan(world.deployment.intervals.nodeOnlineTimeout * 1000);
      expect(told(world, id)).toContain('NodeLost');
      expect(coolingCodes()).toEqual(['SpotReclaimed']);
      await lived();
      expect(world.job(id)).toMatchObject({ attempt: 1, outcome: 'SUCCEEDED' });
    });
  });

  describe('where machines were taken back', () => {
    it('is known before others are launched, also of those lost while nobody waited', async () => {
      const id = await inStep(world, 'train', { more: replace });
      const lost = world.node(id, 1);
      world.capacity.machines.reclaim(lost.instanceId);
      const wait = await world.ports.attempts.wait(id);
      await world.tokens.answer(wait?.token ?? '', { kind: 'replace', reason: { code: 'NodeLost', message: 'another' } });
      await until(world, () => told(world, id).includes('NodeReplaced'));
      expect(coolingCodes()).toEqual(['SpotReclaimed']);
      expect([world.node(id, 1).instanceType, world.node(id, 1).zone, world.node(id, 1).market]).not.toEqual([lost.instanceType, lost.zone, lost.market]);
      letGo(world);
      await lived();
    });

    it('is remembered of an event that comes when nobody waits', async () => {
      const id = await inStep(world, 'train', { more: replace });
      const wait = await world.ports.attempts.wait(id);
      if (wait !== undefined) await world.ports.attempts.putWait({ ...wait, attempt: 0 });
      await world.lose(world.node(id, 2));
      expect(coolingCodes()).toEqual(['SpotReclaimed']);
      if (wait !== undefined) await world.ports.attempts.putWait(wait);
      letGo(world);
      await lived();
    });

    it('is asked last, where a job may stand nowhere else: it has machines again, or the attempt ends', async () => {
      for (const free of [5, 0]) {
        world = new InMemoryWorld();
        const id = await inStep(world, 'train', { more: replace, workers: 'Spot' }, (yaml) => yaml.replace('Zones: any', 'Zones: any, spread: Single'));
        const lost = world.node(id, 2);
        world.stock(lost.zone, free);
        await world.notify({ instanceId: lost.instanceId, kind: 'interruption' });
        await world.lose(lost);
        await until(world, () => told(world, id).includes('NodeReplaced') || world.job(id).outcome !== undefined);
        letGo(world);
        await lived();
        expect(world.job(id)).toMatchObject(free > 0 ? { outcome: 'SUCCEEDED' } : { outcome: 'INTERRUPTED', reason: { message: expect.stringContaining('InsufficientInstanceCapacity') } });
      }
    });
  });

  it('never makes a job cost more than its ceiling', async () => {
    const id = await inStep(world, 'train', { more: `${replace}\n  capacity: { maxUsdPerHour: 0.2 }` });
    const perHour = (): number => (world.table.nodes.get(`${id}/1`) ?? []).filter(({ goneAtMs }) => goneAtMs === undefined).reduce((sum, { microUsdPerHour }) => sum + microUsdPerHour, 0);
    expect(perHour()).toBeLessThanOrEqual(200_000);
    for (const rank of [1, 2]) {
      if (world.job(id).state === 'RUNNING') await world.lose(world.node(id, rank));
      for (let n = 0; n < 2; n += 1) await world.tick(10);
      expect(perHour()).toBeLessThanOrEqual(200_000);
    }
    letGo(world);
    await lived();
  });
}
