import { beforeEach, expect, it } from '@jest/globals';
import { jobId } from '../../../core/job/ids.ts';
import { admit } from '../../../core/lifecycle/admit.ts';
import { admitted, after, base, idOf, leased, parked, submitted, t0 } from './submissions.ts';
import type { NewWorld, StoreWorld } from './world.ts';

/** What becomes of each of these writes. */
async function outcomes(writes: readonly (() => Promise<unknown>)[]): Promise<readonly string[]> {
  const results = await Promise.allSettled(writes.map((write) => write()));
  return results.map((result) => (result.status === 'rejected' ? String(result.reason.name) : 'went through'));
}

/** The right to schedule: one holder, and nothing that an earlier one still writes goes through. */
export function schedulerLeaseContract(newWorld: NewWorld): void {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await newWorld();
  });

  it('is one scheduler’s at a time, and its epoch grows', async () => {
    const first = await leased(world);
    expect(await world.scheduler.takeLease('b', after(59_999), 60_000)).toBeUndefined();
    const second = await world.scheduler.takeLease('b', after(60_000), 60_000);
    expect(second).toEqual({ owner: 'b', epoch: first.epoch + 1, expiresAtMs: after(120_000), launching: [] });
  });

  it('goes to one of many who ask at once', async () => {
    const asked = await Promise.all(['a', 'b', 'c', 'd'].map((owner) => world.scheduler.takeLease(owner, t0, 60_000)));
    expect(asked.filter((lease) => lease !== undefined)).toHaveLength(1);
  });

  it('can be renewed and given back', async () => {
    const renewed = await world.scheduler.renewLease(await leased(world), after(50_000), 60_000);
    expect(renewed.expiresAtMs).toBe(after(110_000));
    expect(await world.scheduler.takeLease('b', after(100_000), 60_000)).toBeUndefined();
    expect(await world.scheduler.dropLease(renewed)).toEqual({ dirty: false });
    expect(await world.scheduler.takeLease('b', after(100_000), 60_000)).toMatchObject({ epoch: renewed.epoch + 1 });
  });

  it('says when somebody was seen last to hold it', async () => {
    expect(await world.scheduler.heldAt(after(10))).toBeUndefined();
    const lease = await leased(world);
    expect(await world.scheduler.heldAt(after(30_000))).toBe(after(30_000));
    expect(await world.scheduler.heldAt(after(90_000))).toBe(after(60_000));
    await world.scheduler.dropLease(lease);
    expect(await world.scheduler.heldAt(after(90_000))).toBe(t0);
  });

  it('tells its holder that somebody came by', async () => {
    const lease = await leased(world);
    await world.scheduler.markDirty();
    expect(await world.scheduler.dropLease(lease)).toEqual({ dirty: true });
    const next = await leased(world);
    expect(await world.scheduler.dropLease(next)).toEqual({ dirty: false });
  });

  it('is free for whoever is woken, however often, and that is nothing to look at', async () => {
    const before = await world.scheduler.overview();
    await world.scheduler.dropLease(await leased(world));
    for (const ms of [1, 2]) await world.scheduler.wake(after(ms));
    expect(await world.scheduler.overview()).toEqual(before);
    await leased(world);
  });

  it('carries what is looking for machines from one holder to the next', async () => {
    const first = await leased(world);
    expect(await world.scheduler.launching()).toEqual([]);
    const launching = [idOf(1), jobId('another')];
    await world.scheduler.grant(first, [admit(await submitted(world, 1), {}, after(1_000))], launching, base);
    expect(await world.scheduler.launching()).toEqual(launching);
    await world.scheduler.grant(first, [admit(await submitted(world, 2), {}, after(1_000))], [idOf(2)], base);
    expect(await world.scheduler.launching()).toEqual([idOf(2)]);
    await world.scheduler.grant(first, [admit(await submitted(world, 3), {}, after(1_000))], launching, base);
    const renewed = await world.scheduler.renewLease(first, after(1_000), 60_000);
    expect(renewed.launching).toEqual(launching);
    await world.scheduler.dropLease(renewed);
    expect(await leased(world)).toMatchObject({ launching });
  });

  it('stops every write of whoever lost it', async () => {
    const lost = await leased(world);
    const { release } = await parked(world, await admitted(world, lost, 1));
    const job = await submitted(world, 2);
    await world.scheduler.takeLease('b', after(60_000), 60_000);
    await world.scheduler.markDirty();
    const before = await world.scheduler.overview();
    const uses = before.uses.map((use) => ({ ...use, runningJobs: 9 }));
    const counts = before.lanes.map((lane) => ({ ...lane, pending: 9 }));
    const writes = [
      () => world.scheduler.renewLease(lost, after(60_001), 60_000),
      () => world.scheduler.dropLease(lost),
      () => world.scheduler.grant(lost, [admit(job, {}, after(1_000))], [], base),
      () => world.scheduler.applyReleases(lost, release === undefined ? [] : [release], base),
      () => world.scheduler.replaceUses(lost, uses),
      () => world.scheduler.replacePending(lost, counts, after(86_400_000)),
    ];
    expect(await outcomes(writes)).toEqual(writes.map(() => 'LeaseLostError'));
    expect(await world.jobs.get(job.jobId)).toEqual(job);
    expect(await world.scheduler.overview()).toEqual(before);
  });
}
