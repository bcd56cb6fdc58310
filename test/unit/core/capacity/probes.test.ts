import { describe, expect, it } from '@jest/globals';
import type { AcquireResult, GangRequest } from '../../../../core/capacity/gang.ts';
import { offeringKey } from '../../../../core/capacity/offering.ts';
import { epochMs, jobId } from '../../../../core/job/ids.ts';
import { waitsOf } from '../../../../core/lifecycle/waits.ts';
import { isDue } from '../../../../core/scheduling/parked-turn.ts';
import { aGang, aPool } from '../../../builders/capacity.ts';
import { aProvider, never } from './acquisition.ts';

const offering = { instanceType: 'c6i.large', zone: 'us-east-1a', market: 'spot' } as const;
/** Longer than a probe may take. */
const PROBE_MS = 30_000;

/** Jobs that all want the same offering. */
const rivals = (count: number): GangRequest[] =>
  Array.from({ length: count }, (_, index) => aGang({ jobId: jobId(`01hjob${String(index).padStart(20, '0')}`), zones: ['us-east-1a'], spread: 'Single', pools: [aPool({ purchaseOption: 'Spot' })] }));

/** A world in which the offering has failed once and its cooldown is over, as everybody knows. */
async function afterACooldown(free: number) {
  const world = aProvider([['c6i.large', 'a', 'spot', 0]]);
  const acquire = async (gangs: readonly GangRequest[]): Promise<readonly AcquireResult[]> => Promise.all(gangs.map(async (gang) => world.provider.acquire(gang, never)));
  await acquire([aGang({ zones: ['us-east-1a'], pools: [aPool({ purchaseOption: 'Spot', count: 1 })] })]);
  world.clock.advance(PROBE_MS);
  world.machines.market.set(offeringKey(offering), free);
  world.machines.launches.length = 0;
  return { ...world, acquire };
}

const kinds = (results: readonly AcquireResult[]): string[] => results.map(({ kind }) => kind);

describe('a probe after a cooldown', () => {
  it('is made by one job for all', async () => {
    const { acquire, machines, cooldowns, clock } = await afterACooldown(0);
    const results = await acquire(rivals(20));
    expect(machines.launches).toHaveLength(1);
    expect(new Set(kinds(results))).toEqual(new Set(['short']));
    expect(await cooldowns.active(clock.now())).toMatchObject([{ scope: { offering }, failures: 2 }]);
  });

  it('opens the offering to all when it succeeds', async () => {
    const { acquire, machines, cooldowns, clock } = await afterACooldown(80);
    const gangs = rivals(20);
    const first = await acquire(gangs);
    expect(kinds(first).filter((kind) => kind === 'acquired')).toHaveLength(1);
    expect(await cooldowns.recent(clock.now())).toEqual([]);
    const rest = gangs.filter((_, index) => first[index]?.kind === 'short');
    expect(new Set(kinds(await acquire(rest)))).toEqual(new Set(['acquired']));
    expect(machines.launches).toHaveLength(20);
  });

  it('tells the others to come back when it is surely over', async () => {
    const { acquire, clock } = await afterACooldown(0);
    const waits = (await acquire(rivals(3))).flatMap((result) => (result.kind === 'short' ? [result.untilMs - clock.now()] : []));
    expect(waits.toSorted((a, b) => a - b)).toEqual([PROBE_MS, PROBE_MS, 2 * PROBE_MS]);
  });

  it('is made by another job when the one that was to make it is gone', async () => {
    const { acquire, machines, clock, provider } = await afterACooldown(4);
    machines.faults.push('notSent');
    const [dead = aGang(), next = aGang()] = rivals(2);
    await expect(provider.acquire(dead, never)).rejects.toThrow('the connection was refused');
    expect(kinds(await acquire([next]))).toEqual(['short']);
    clock.advance(PROBE_MS);
    expect(kinds(await acquire([next]))).toEqual(['acquired']);
  });

  it('goes on in the same job after a crash', async () => {
    const { acquire, machines, provider } = await afterACooldown(4);
    machines.faults.push('notSent');
    const gangs = rivals(1);
    await expect(provider.acquire(gangs[0] ?? aGang(), never)).rejects.toThrow('the connection was refused');
    expect(kinds(await acquire(gangs))).toEqual(['acquired']);
  });

  it('is needed no more where the last failure is long ago', async () => {
    const { acquire, machines, clock } = await afterACooldown(80);
    clock.advance(600_000);
    expect(new Set(kinds(await acquire(rivals(20))))).toEqual(new Set(['acquired']));
    expect(machines.launches).toHaveLength(20);
  });
});

describe('what cools', () => {
  const failure = (nowMs: number, agoMs: number) => ({ scope: { kind: 'offering', offering }, code: 'InsufficientInstanceCapacity', failures: 9, sinceMs: epochMs(nowMs - agoMs), untilMs: epochMs(nowMs + 180_000) }) as const;

  it('is asked for early in a first turn, two minutes after the last failure there', async () => {
    const { provider, machines, cooldowns, clock } = aProvider([['c6i.large', 'a', 'spot', 4]]);
    const [gang = aGang()] = rivals(1);
    await cooldowns.record([failure(clock.now(), 119_999)]);
    expect((await provider.acquire(gang, never)).kind).toBe('short');
    expect(machines.launches).toHaveLength(0);
    await cooldowns.record([failure(clock.now(), 120_000)]);
    expect((await provider.acquire(gang, never)).kind).toBe('acquired');
    expect(await cooldowns.recent(clock.now())).toEqual([]);
  });

  it('is asked for early in a later turn only where nothing else could be tried', async () => {
    const { provider, machines, cooldowns, clock } = aProvider([['c6i.large', 'a', 'spot', 0], ['c6i.large', 'b', 'spot', 0]]);
    const gang = aGang({ zones: ['us-east-1a', 'us-east-1b'], spread: 'Single', pools: [aPool({ purchaseOption: 'Spot' })] });
    await provider.acquire(gang, never);
    machines.launches.length = 0;

    clock.advance(600_000);
    await cooldowns.record([failure(clock.now(), 120_000)]);
    await provider.acquire(gang, never);
    expect(machines.launches.map(({ zones }) => zones)).toEqual([['us-east-1b']]);

    await cooldowns.record([failure(clock.now(), 120_000)]);
    await provider.acquire(gang, never);
    expect(machines.launches.map(({ zones }) => zones)).toEqual([['us-east-1b'], ['us-east-1a']]);
  });
});

describe('a pool that has part of its machines', () => {
  it('asks for the rest in zones that cool, which it would never find open together', async () => {
    const { provider, machines, cooldowns, clock } = aProvider([['c6i.large', 'a', 'spot', 2], ['c6i.large', 'b', 'spot', 2]]);
    const untilMs = epochMs(clock.now() + 1000);
    await cooldowns.record([{ scope: { kind: 'offering', offering: { ...offering, zone: 'us-east-1b' } }, code: 'InsufficientInstanceCapacity', failures: 1, sinceMs: clock.now(), untilMs }]);
    const gang = aGang({ zones: ['us-east-1a', 'us-east-1b'], pools: [aPool({ purchaseOption: 'Spot' })] });
    expect((await provider.acquire(gang, never)).kind).toBe('acquired');
    expect(machines.launches.map(({ zones }) => zones)).toEqual([['us-east-1a'], ['us-east-1b']]);
  });

  it('does not where it found none', async () => {
    const { provider, machines, cooldowns, clock } = aProvider([['c6i.large', 'b', 'spot', 4]]);
    const untilMs = epochMs(clock.now() + 1000);
    await cooldowns.record([{ scope: { kind: 'offering', offering: { ...offering, zone: 'us-east-1b' } }, code: 'InsufficientInstanceCapacity', failures: 1, sinceMs: clock.now(), untilMs }]);
    const gang = aGang({ zones: ['us-east-1a', 'us-east-1b'], pools: [aPool({ purchaseOption: 'Spot' })] });
    expect((await provider.acquire(gang, never)).kind).toBe('short');
    expect(new Set(machines.launches.flatMap(({ zones }) => zones))).toEqual(new Set(['us-east-1a']));
  });
});

describe('machines that are given back', () => {
  it('let others probe at once where they stood', async () => {
    const { provider, machines, cooldowns, clock } = aProvider([['c6i.large', 'a', 'spot', 4]]);
    const [holder = aGang(), rival = aGang()] = rivals(2);
    expect((await provider.acquire(holder, never)).kind).toBe('acquired');
    expect((await provider.acquire(rival, never)).kind).toBe('short');
    expect(await cooldowns.active(clock.now())).toHaveLength(1);
    await provider.release(holder);
    expect(await cooldowns.active(clock.now())).toEqual([]);
    expect((await provider.acquire(rival, never)).kind).toBe('acquired');
    expect(machines.launches).toHaveLength(3);
  });

  it('wake a parked job that one call has asked for machines of several zones', async () => {
    const { provider, cooldowns, clock } = aProvider([['c6i.large', 'b', 'spot', 4]]);
    const [holder = aGang(), rival = aGang()] = rivals(2).map((gang): GangRequest => ({ ...gang, zones: [], spread: 'Any', pools: [aPool({ purchaseOption: 'Spot', count: 4 })] }));
    await provider.acquire(holder, never);
    clock.advance(1000);
    const short = await provider.acquire(rival, never);
    if (short.kind !== 'short') throw new Error('it was had');
    const parked = { sinceMs: clock.now(), untilMs: epochMs(clock.now() + 300_000), ...waitsOf(short) };
    const isDueNow = async () => isDue(parked, await cooldowns.recent(clock.now()), clock.now());
    await cooldowns.record((await cooldowns.active(clock.now())).map((cooldown) => ({ ...cooldown, untilMs: parked.untilMs })));
    clock.advance(PROBE_MS);
    expect(await isDueNow()).toBe(false);
    await provider.release(holder);
    expect(await isDueNow()).toBe(true);
    expect((await cooldowns.active(clock.now())).length).toBe(2);
  });

  it('say nothing of an offering that another job probes, nor of one that they were not of', async () => {
    const { provider, cooldowns, clock } = aProvider([['c6i.large', 'a', 'spot', 4]]);
    const [holder = aGang(), rival = aGang()] = rivals(2);
    await provider.acquire(holder, never);
    const untilMs = epochMs(clock.now() + 1000);
    const cooling = { code: 'InsufficientInstanceCapacity', failures: 1, sinceMs: clock.now(), untilMs };
    await cooldowns.record([
      { ...cooling, scope: { kind: 'offering', offering }, probedBy: rival.jobId },
      { ...cooling, scope: { kind: 'offering', offering: { ...offering, market: 'on-demand' } } },
    ]);
    await provider.release(holder);
    expect(await cooldowns.active(clock.now())).toHaveLength(2);
  });

  it('say nothing where they were given up because more were missing', async () => {
    const { provider, cooldowns, clock } = aProvider([['c6i.large', 'a', 'spot', 2]]);
    const gang = { ...(rivals(1)[0] ?? aGang()), spread: 'Prefer' } as const;
    expect((await provider.acquire(gang, never)).kind).toBe('short');
    await provider.release(gang);
    expect(await cooldowns.active(clock.now())).toHaveLength(1);
  });
});
