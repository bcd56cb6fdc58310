import { beforeEach, describe, expect, it } from '@jest/globals';
import type { JobId } from '../../core/job/ids.ts';
import { requestCancel, requestRelease } from '../../core/lifecycle/request.ts';
import type { JobState } from '../../core/lifecycle/states.ts';
import { unitName } from '../../core/runtimes/node-step.ts';
import { ZONES } from '../builders/capacity.ts';
import { InMemoryWorld } from './in-memory-world.ts';
import { expectLaws, statesOf } from './laws.ts';
import * as story from './loss-story.ts';
import { aManifest, noHook } from './manifests.ts';
import { failing, hanging } from './step-ends.ts';

const { replace } = story;
const requeue = '  onNodeLoss: Requeue';

/** What the loss of nodes does, by policy and by where the job is. `note` is told of every world that was lived in. */
export function describeNodeLoss(note: (world: InMemoryWorld) => void): void {
  let world: InMemoryWorld;
  beforeEach(() => {
    world = new InMemoryWorld();
  });

  async function lived(id: JobId, most?: number): Promise<readonly JobState[]> {
    await world.live(most);
    await expectLaws(world);
    note(world);
    return statesOf(world, id);
  }

  const until = async (what: () => boolean): Promise<void> => story.until(world, what);
  const sent = (step: string): number => story.sent(world, step);
  const told = (id: JobId): readonly string[] => story.told(world, id);
  const inStep = async (step: string, more: string): Promise<JobId> => story.inStep(world, step, { more });
  const letGo = (): void => story.letGo(world);

  describe('a lost node that is to be replaced', () => {
    it('is, while the job goes on: the new node is configured, the others are not again', async () => {
      const id = await inStep('train', replace);
      const lost = world.node(id, 2);
      await world.lose(lost);
      await until(() => sent('install') === 2);
      expect(world.job(id).state).toBe('RUNNING');
      const fresh = world.node(id, 2);
      expect(fresh).toMatchObject({ name: lost.name, pool: lost.pool });
      expect(fresh.instanceId).not.toBe(lost.instanceId);
      expect(world.table.nodes.get(`${id}/1`)?.find(({ instanceId }) => instanceId === lost.instanceId)?.goneAtMs).toBeDefined();
      await world.tick(5);
      expect(sent('train')).toBe(1);
      letGo();
      expect(await lived(id)).toEqual(['PENDING', 'ACQUIRING_CAPACITY', 'CONFIGURING', 'RUNNING', 'SUCCEEDED', 'POST_RUN', 'DESTROYING', 'DONE']);
      expect(world.job(id)).toMatchObject({ outcome: 'SUCCEEDED', attempt: 1 });
      expect(told(id).filter((type) => type === 'NodeLost' || type === 'NodeReplaced')).toEqual(['NodeLost', 'NodeReplaced']);
      const installedOn = world.commands.begun.filter((key) => key.endsWith('configure-1')).map((key) => key.split('/')[0]);
      expect(installedOn).toHaveLength(4);
      expect(installedOn).toContain(fresh.instanceId);
    });

    it('is told to the nodes that stay by the steps of the system, once a round', async () => {
      const id = await inStep('train', replace);
      for (const rank of [1, 2]) {
        const rounds = sent('install');
        await world.lose(world.node(id, rank));
        await until(() => sent('install') > rounds);
        await world.tick(5);
      }
      const head = world.node(id, 0).instanceId;
      const shared = world.commands.begun.filter((key) => key.startsWith(`${head}/`) && key.includes('configure-0'));
      expect(shared.map((key) => key.split('configure-0')[1])).toEqual(['', '-1', '-2']);
      letGo();
      expect(await lived(id)).toContain('SUCCEEDED');
    });

    it('is while the nodes are configured', async () => {
      const id = await inStep('install', replace);
      await world.lose(world.node(id, 1));
      await until(() => sent('install') === 2);
      expect(world.job(id).state).toBe('CONFIGURING');
      letGo();
      expect(await lived(id)).toContain('SUCCEEDED');
    });

    it('is where it runs and takes commands, but never ends booting', async () => {
      const id = await inStep('install', replace);
      const unbooted = world.node(id, 1);
      letGo();
      world.commands.end(unbooted, unitName(id, 1, 'configure', 1), { status: 'unbooted', exitCode: 1, tail: '' });
      expect(await lived(id)).toContain('SUCCEEDED');
      expect(world.node(id, 1).instanceId).not.toBe(unbooted.instanceId);
      expect(told(id).filter((type) => type === 'NodeReplaced')).toHaveLength(1);
    });

    it('is in a cluster that runs until it is released', async () => {
      const id = await world.submit(aManifest({ more: replace, hooks: noHook }), 'job-a');
      await until(() => world.job(id).state === 'RUNNING');
      await world.tick(5);
      await world.lose(world.node(id, 1));
      await until(() => told(id).includes('NodeReplaced'));
      await world.ask(id, requestRelease);
      expect(await lived(id)).toContain('SUCCEEDED');
    });

    it('is also seen by the reconciler, by nobody twice, and not by who comes late', async () => {
      const id = await inStep('train', replace);
      for (let n = 0; n < 3; n += 1) await world.tick(15);
      const lost = world.node(id, 2);
      await world.lose(lost, false);
      await world.reconcile();
      await world.notify({ instanceId: lost.instanceId, kind: 'gone' });
      await until(() => sent('install') === 2);
      await world.notify({ instanceId: lost.instanceId, kind: 'gone' });
      letGo();
      expect(await lived(id)).toContain('SUCCEEDED');
      expect(told(id).filter((type) => type === 'NodeLost')).toHaveLength(1);
    });

    it('comes from another zone where its own has none, and ends the attempt where there is none at all', async () => {
      for (const elsewhere of [5, 0]) {
        world = new InMemoryWorld();
        const id = await inStep('train', replace);
        const lost = world.node(id, 2);
        for (const zone of ZONES) world.stock(zone, zone === lost.zone ? 0 : elsewhere);
        await world.lose(lost);
        await until(() => told(id).includes('NodeReplaced') || world.job(id).outcome !== undefined);
        if (elsewhere > 0) expect(world.node(id, 2).zone).not.toBe(lost.zone);
        letGo();
        await lived(id);
        expect(world.job(id)).toMatchObject(elsewhere > 0 ? { outcome: 'SUCCEEDED' } : { outcome: 'INTERRUPTED', reason: { code: 'NodeLost' } });
      }
    });

    it('stays in its zone where all must', async () => {
      world.commands.endOf = hanging('train');
      const id = await world.submit(aManifest({ more: replace }).replace('Zones: any', 'Zones: any, spread: Single'), 'job-a');
      await until(() => sent('train') > 0);
      const lost = world.node(id, 2);
      world.stock(lost.zone, 0);
      await world.lose(lost);
      await lived(id);
      expect(world.job(id)).toMatchObject({ outcome: 'INTERRUPTED', reason: { message: expect.stringContaining('could not be replaced') } });
    });

    it('is replaced so often as the deployment says, and not once more', async () => {
      const id = await inStep('train', replace);
      for (let n = 1; n <= world.deployment.limits.maxReplacementsPerAttempt; n += 1) {
        await world.lose(world.node(id, 2));
        await until(() => told(id).filter((type) => type === 'NodeReplaced').length === n);
        await world.tick(5);
      }
      await world.lose(world.node(id, 2));
      expect(await lived(id)).toContain('RUN_FAILED');
      expect(world.job(id)).toMatchObject({ outcome: 'INTERRUPTED', reason: { code: 'NodeLost' } });
    });

    it('is the end of the attempt if it is the head, whatever else is lost with it', async () => {
      const id = await inStep('train', `${replace}\n  retry: { maxAttempts: 2 }`);
      for (const rank of [2, 0]) world.capacity.machines.reclaim(world.node(id, rank).instanceId);
      await world.notify({ instanceId: world.node(id, 2).instanceId, kind: 'gone' });
      world.commands.endOf = () => ({ status: 'exited', exitCode: 0, tail: '' });
      expect(await lived(id)).toContain('RUN_FAILED');
      expect(world.job(id)).toMatchObject({ attempt: 2, outcome: 'SUCCEEDED' });
    });

    it.each([
      ['is cancelled', 'CANCELLED'],
      ['is out of time', 'TIMED_OUT'],
    ] as const)('does not hold up a job that %s while the new node comes up', async (_, outcome) => {
      const id = await inStep('train', replace);
      world.mute = (index) => index > 3;
      const lost = world.node(id, 2);
      let looks = 0;
      world.gate = (call) => {
        if (call === 'commands.online') looks += 1;
        if (call === 'commands.online' && looks === 3 && outcome === 'CANCELLED') void world.ask(id, requestCancel);
        return undefined;
      };
      if (outcome === 'TIMED_OUT') await world.pass(550_000);
      await world.lose(lost);
      expect(await lived(id)).toContain('RUN_FAILED');
      expect(world.job(id)).toMatchObject({ outcome });
    });

    it.each(['install', 'Share /data'])('fails the run when %s fails on the new node', async (step) => {
      const id = await inStep('train', replace);
      const lost = world.node(id, 2);
      world.commands.endOf = failing(step);
      await world.lose(lost);
      expect(await lived(id)).toContain('RUN_FAILED');
      expect(world.job(id)).toMatchObject({ outcome: 'FAILED', reason: { code: 'StepFailed' } });
    });

    it('is cancelled with the job while it is configured', async () => {
      const id = await inStep('train', replace);
      const before = sent('install');
      world.commands.endOf = hanging('install');
      await world.lose(world.node(id, 2));
      await until(() => sent('install') > before);
      await world.ask(id, requestCancel);
      expect(await lived(id)).toContain('RUN_FAILED');
      expect(world.job(id)).toMatchObject({ outcome: 'CANCELLED' });
    });

    it('keeps the end of a job that ended while it came up', async () => {
      const id = await inStep('train', replace);
      world.mute = (index) => index === 4;
      await world.lose(world.node(id, 2));
      letGo();
      expect(await lived(id)).toContain('SUCCEEDED');
      expect(world.commands.sent.filter(({ step }) => step.name === 'test')).toHaveLength(1);
    });

    it('is refused for good: the job ends, and nothing is tried again', async () => {
      const id = await inStep('train', `${replace}\n  retry: { maxAttempts: 3 }`);
      world.capacity.machines.request = async () => ({ kind: 'rejected', code: 'InvalidAMIID.NotFound', message: 'no such image' });
      await world.lose(world.node(id, 2));
      await lived(id);
      expect(world.job(id)).toMatchObject({ attempt: 1, outcome: 'FAILED', reason: { code: 'LaunchRejected' } });
    });
  });

  describe('a lost node of a job that goes back to the queue', () => {
    it('ends the attempt at once, and the next one is launched elsewhere', async () => {
      const id = await inStep('train', requeue);
      const lost = world.node(id, 2);
      await world.lose(lost);
      world.commands.endOf = () => ({ status: 'exited', exitCode: 0, tail: '' });
      await until(() => world.job(id).attempt === 2 && world.job(id).state === 'CONFIGURING');
      expect(world.node(id, 2)).not.toMatchObject({ instanceType: lost.instanceType, zone: lost.zone, market: lost.market });
      expect((await lived(id)).filter((state) => state === 'ACQUIRING_CAPACITY')).toHaveLength(2);
      expect(world.job(id)).toMatchObject({ attempt: 2, outcome: 'SUCCEEDED' });
    });

    it('does so three times at most, and not for a job that fails by itself', async () => {
      const id = await inStep('train', requeue);
      for (let attempt = 1; attempt <= 3; attempt += 1) {
        await until(() => world.job(id).attempt === attempt && world.job(id).state === 'RUNNING');
        await world.tick(5);
        await world.lose(world.node(id, 1));
        await world.tick(30);
      }
      await lived(id);
      expect(world.job(id)).toMatchObject({ attempt: 3, outcome: 'INTERRUPTED' });
      world = new InMemoryWorld();
      world.commands.endOf = failing('train');
      const other = await world.submit(aManifest({ more: requeue }), 'job-b');
      await lived(other);
      expect(world.job(other)).toMatchObject({ attempt: 1, outcome: 'FAILED' });
    });
  });

  describe('a run that fails', () => {
    it('because a node is gone was interrupted, though its processes noticed first', async () => {
      const id = await inStep('train', requeue);
      world.capacity.machines.reclaim(world.node(id, 2).instanceId);
      world.commands.end(world.node(id, 0), story.unitOfRun(world, id), { status: 'exited', exitCode: 1, tail: 'connection lost' });
      await until(() => world.job(id).attempt === 2);
      const [retried] = world.history(id).filter(({ type }) => type === 'AttemptRetried');
      expect(retried?.message).toMatch(/INTERRUPTED: The run failed when workers-1 .* was gone\. train exited with 1/);
      letGo();
      await lived(id);
      expect(world.job(id)).toMatchObject({ attempt: 2, outcome: 'SUCCEEDED' });
      expect(told(id)).toContain('NodeLost');
    });

    it('is believed where nobody can say whether a node is gone', async () => {
      world.commands.endOf = failing('train', 42);
      world.gate = (call) => (call === 'capacity.describe' ? 'before' : undefined);
      const id = await world.submit(aManifest(), 'job-a');
      await lived(id);
      expect(world.job(id)).toMatchObject({ outcome: 'FAILED', exitCode: 42, reason: { code: 'StepFailed' } });
    });
  });

  describe('an event of an instance', () => {
    it('changes nothing for a job that tears down, was told to let it go, or is none of ours', async () => {
      const id = await inStep('train', requeue);
      const node = world.node(id, 1);
      const before = world.job(id);
      await world.notify({ instanceId: node.instanceId.replace(/.$/, 'f') as typeof node.instanceId, kind: 'gone' });
      await world.capacity.terminate([node.instanceId]);
      await world.notify({ instanceId: node.instanceId, kind: 'gone' });
      expect(world.job(id)).toEqual(before);
      letGo();
      await lived(id);
      await world.lose(node);
      expect(world.job(id)).toMatchObject({ state: 'DONE' });
    });

    it('is written down when it is a notice, and cools the offering once, whatever follows', async () => {
      const id = await inStep('train', '');
      const node = world.node(id, 1);
      await world.notify({ instanceId: node.instanceId, kind: 'rebalance' });
      expect(world.table.cooldowns.size).toBe(0);
      await world.notify({ instanceId: node.instanceId, kind: 'interruption' });
      await world.lose(node);
      expect([...world.table.cooldowns.values()].map(({ code, failures }) => [code, failures])).toEqual([['SpotInterruption', 1]]);
      await lived(id);
      expect(told(id).filter((type) => type === 'NodeInterrupted')).toHaveLength(2);
      expect(world.job(id)).toMatchObject({ outcome: 'INTERRUPTED' });
    });
  });
}
