import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Pause, PauseScope } from '../../../core/queue/pause.ts';
import { auditEntry } from './audit-entries.ts';
import { admit } from '../../../core/lifecycle/admit.ts';
import { after, grant, leased, submitted, t0 } from './submissions.ts';
import type { NewWorld, StoreWorld } from './world.ts';

const queue: PauseScope = { kind: 'queue' };
const namespace: PauseScope = { kind: 'namespace', namespace: 'physics' };
const market: PauseScope = { kind: 'market', market: 'spot' };
const offering = { kind: 'offering', instanceType: 'p5.48xlarge', zone: 'us-east-1a', market: 'on-demand' } as const satisfies PauseScope;

const paused = (scope: PauseScope, fields: Partial<Pause> = {}): Pause => ({ scope, by: 'ada', reason: 'maintenance', atMs: t0, ...fields });
const resumed = (n: number) => auditEntry(n, { action: 'Resumed' });

/** Pauses come in no order. */
const sorted = (pauses: readonly Pause[]) => pauses.toSorted((a, b) => (a.scope.kind < b.scope.kind ? -1 : 1));

export function pauseStoreContract(newWorld: NewWorld): void {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await newWorld();
  });

  describe('PauseStore', () => {
    it('keeps pauses of all kinds, with who and why', async () => {
      for (const [n, scope] of [queue, namespace, market, offering].entries()) await world.pauses.pause(paused(scope), auditEntry(n));
      expect(sorted(await world.pauses.pauses())).toEqual([paused(market), paused(namespace), paused(offering), paused(queue)]);
      expect((await world.audit.list(10)).items).toHaveLength(4);
    });

    it('shows the scheduler pauses of the queue and of namespaces', async () => {
      for (const [n, scope] of [queue, namespace, market].entries()) await world.pauses.pause(paused(scope), auditEntry(n));
      expect(sorted((await world.scheduler.overview()).pauses)).toEqual([paused(namespace), paused(queue)]);
    });

    it('lets a scheduler that has not seen a pause of the queue or a namespace grant nothing more, and the next begin at once', async () => {
      for (const [n, scope] of [queue, namespace].entries()) {
        const lease = await leased(world);
        const job = await submitted(world, n);
        await world.pauses.pause(paused(scope), auditEntry(n));
        await expect(grant(world, lease, [admit(job, {}, after(1_000))])).rejects.toMatchObject({ name: 'LeaseLostError' });
      }
      const next = await leased(world);
      await world.pauses.pause(paused(market), auditEntry(3));
      expect(await world.scheduler.dropLease(next)).toEqual({ dirty: false });
    });

    it('shows whoever launches pauses of markets and offerings, which last until they are ended', async () => {
      for (const [n, scope] of [queue, market, offering].entries()) await world.pauses.pause(paused(scope), auditEntry(n));
      const inAYear = await world.cooldowns.active(after(365 * 86_400_000));
      expect(inAYear.map(({ scope, code, pausedBy }) => ({ scope, code, pausedBy }))).toEqual([
        { scope: { kind: 'pausedMarket', market: 'spot' }, code: 'Paused', pausedBy: { by: 'ada', reason: 'maintenance' } },
        {
          scope: { kind: 'pausedOffering', offering: { instanceType: 'p5.48xlarge', zone: 'us-east-1a', market: 'on-demand' } },
          code: 'Paused', pausedBy: { by: 'ada', reason: 'maintenance' },
        },
      ]);
    });

    it('takes a second pause of the same scope for the first one with another reason', async () => {
      for (const scope of [namespace, market]) {
        await world.pauses.pause(paused(scope), auditEntry(1));
        await world.pauses.pause(paused(scope, { by: 'bob', reason: 'budget' }), auditEntry(2));
      }
      expect(sorted(await world.pauses.pauses())).toEqual([paused(market, { by: 'bob', reason: 'budget' }), paused(namespace, { by: 'bob', reason: 'budget' })]);
    });

    it('ends a pause, and says whether there was one; only what happened is on record', async () => {
      for (const [n, scope] of [queue, namespace, market, offering].entries()) {
        await world.pauses.pause(paused(scope), auditEntry(10 * n));
        expect(await world.pauses.resume(scope, resumed(10 * n + 1))).toBe(true);
        expect(await world.pauses.resume(scope, resumed(10 * n + 2))).toBe(false);
      }
      expect(await world.pauses.pauses()).toEqual([]);
      expect(await world.cooldowns.active(t0)).toEqual([]);
      expect((await world.audit.list(100)).items.filter(({ action }) => action === 'Resumed')).toHaveLength(4);
    });

    it('tells namespaces and offerings apart', async () => {
      await world.pauses.pause(paused(namespace), auditEntry(1));
      await world.pauses.pause(paused(offering), auditEntry(2));
      expect(await world.pauses.resume({ kind: 'namespace', namespace: 'physic' }, resumed(3))).toBe(false);
      expect(await world.pauses.resume({ ...offering, market: 'spot' }, resumed(4))).toBe(false);
      expect(await world.pauses.pauses()).toHaveLength(2);
    });
  });
}
