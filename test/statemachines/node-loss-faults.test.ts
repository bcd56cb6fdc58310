import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JobId } from '../../core/job/ids.ts';
import { requestCancel } from '../../core/lifecycle/request.ts';
import { launchesOf } from '../../core/trace/launches.ts';
import { InMemoryWorld } from './in-memory-world.ts';
import { expectLaws } from './laws.ts';
import { aManifest } from './manifests.ts';

/** Replacements that a world allows in an attempt. */
const most = new InMemoryWorld().deployment.limits.maxReplacementsPerAttempt;
const replacing = aManifest({ more: '  onNodeLoss: Replace\n  retry: { maxAttempts: 2 }' });
/** Its scheduler puts the job back into its own queue. */
const requeueing = aManifest({ more: '  onNodeLoss: Requeue\n  retry: { maxAttempts: 2 }', runtime: 'Slurm' });

/** A job in the middle of its run, which goes on until `letGo`. */
async function running(world: InMemoryWorld, manifest: string): Promise<{ readonly id: JobId; readonly letGo: () => void }> {
  let goes = false;
  world.commands.endOf = ({ step }) => (step.name === 'train' && !goes ? { status: 'running' } : { status: 'exited', exitCode: 0, tail: '' });
  const id = await world.submit(manifest, 'job-a');
  for (let n = 0; n < 40 && !world.commands.sent.some(({ step }) => step.name === 'train'); n += 1) await world.tick(5);
  const letGo = (): void => {
    goes = true;
    const head = world.table.nodes.get(`${id}/1`)?.find(({ rank }) => rank === 0);
    for (const key of world.commands.begun) {
      const [instance, unit = ''] = key.split('/');
      if (head !== undefined && instance === head.instanceId) world.commands.end(head, unit, { status: 'exited', exitCode: 0, tail: '' });
    }
  };
  return { id, letGo };
}

/** One place has one machine, and each machine that was launched is a node's: nothing was launched twice. */
function expectOneWriter(world: InMemoryWorld, id: JobId): void {
  for (const attempt of [1, 2]) {
    const nodes = world.table.nodes.get(`${id}/${attempt}`) ?? [];
    const there = nodes.filter(({ goneAtMs }) => goneAtMs === undefined).map(({ rank }) => rank);
    expect(new Set(there).size).toBe(there.length);
    expect(new Set(nodes.map(({ instanceId }) => instanceId)).size).toBe(nodes.length);
    const launches = world.table.launches.get(`${id}/${attempt}`) ?? [];
    expect(launches.map(({ ordinal }) => ordinal)).toEqual(launches.map((_, index) => index + 1));
    expect(new Set(launches.filter(({ replaces }) => replaces !== undefined).map(({ replaces }) => replaces?.join(' '))).size).toBeLessThanOrEqual(most);
  }
}

/** The history tells of each launch, whichever run of a task made it: its metrics and its span come from there. */
function expectAllTold(world: InMemoryWorld, id: JobId): void {
  const told = new Set(world.history(id).flatMap(({ data }) => launchesOf(data).map(({ ordinal }) => ordinal)));
  expect([...told].toSorted((a, b) => a - b)).toEqual(world.table.launches.get(`${id}/1`)?.map(({ ordinal }) => ordinal));
}

describe('any single fault while a node is replaced', () => {
  it.each([
    ['without a scheduler', replacing, () => ['before', 'after'] as const],
    // Most calls are the same: half of the faults will do.
    ['under Slurm', requeueing, (at: number) => [at % 2 === 0 ? 'before' : 'after'] as const],
  ])('loses no job, launches no machine twice, leaves none, %s', async (_, manifest, faultsOf) => {
    let total = 1;
    for (let at = 1; at <= total; at += 1) {
      for (const when of faultsOf(at)) {
        const world = new InMemoryWorld();
        const { id, letGo } = await running(world, manifest);
        let count = 0;
        world.gate = () => ((count += 1) === at ? when : undefined);
        await world.lose(world.node(id, 2));
        for (let n = 0; n < 30 && !world.history(id).some(({ type }) => type === 'NodeReplaced') && world.job(id).outcome === undefined; n += 1) await world.tick(10);
        total = Math.max(total, Math.min(count, 60));
        letGo();
        await world.live(80);
        await expectLaws(world);
        expectOneWriter(world, id);
        expectAllTold(world, id);
        expect(world.job(id)).toMatchObject({ outcome: 'SUCCEEDED', attempt: 1 });
        expect(world.capacity.machines.launches.reduce((sum, { result, count: asked }) => sum + (result?.launched.length ?? asked), 0)).toBe(4);
      }
    }
    expect(total).toBeGreaterThan(20);
  }, 240_000);
});

describe('nodes that are lost at any time, with faults at any call', () => {
  it('never cost more replacements than the limit, and never hang a job', async () => {
    const plan = fc.record({
      losses: fc.array(fc.record({ after: fc.nat({ max: 4 }), rank: fc.constantFrom(1, 1, 2, 2, 0), eventComes: fc.boolean() }), { minLength: 1, maxLength: 6 }),
      faults: fc.array(fc.record({ at: fc.nat({ max: 300 }), when: fc.constantFrom('before' as const, 'after' as const) }), { maxLength: 10 }),
      cancelAt: fc.option(fc.nat({ max: 6 })),
      free: fc.integer({ min: 2, max: 20 }),
      awaitsTwice: fc.boolean(),
      manifest: fc.constantFrom(replacing, requeueing),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ losses, faults, cancelAt, free, awaitsTwice, manifest }) => {
        const world = new InMemoryWorld();
        world.awaitsTwice = awaitsTwice;
        const { id, letGo } = await running(world, manifest);
        for (const zone of ['us-east-1a', 'us-east-1b', 'us-east-1c']) world.stock(zone, free);
        let count = 0;
        const byCall = new Map(faults.map((fault) => [fault.at, fault.when]));
        world.gate = () => byCall.get((count += 1));
        for (const [index, { after, rank, eventComes }] of losses.entries()) {
          if (cancelAt === index) await world.ask(id, requestCancel).catch(() => undefined);
          const nodes = world.table.nodes.get(`${id}/${world.job(id).attempt}`) ?? [];
          const node = nodes.find((one) => one.rank === rank && one.goneAtMs === undefined);
          if (node !== undefined) await world.lose(node, eventComes);
          for (let n = 0; n < after; n += 1) await world.tick(10);
        }
        letGo();
        await world.live(100);
        await expectLaws(world);
        expectOneWriter(world, id);
      }),
      { numRuns: 80 },
    );
  }, 240_000);
});
