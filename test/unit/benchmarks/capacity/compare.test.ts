import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { compareLaunchers, type Comparison } from '../../../../benchmarks/capacity/compare.ts';
import type { LauncherFigures } from '../../../../benchmarks/capacity/figures.ts';
import { ProductionLauncher } from '../../../../benchmarks/capacity/production-launcher.ts';
import { replayTrace } from '../../../../benchmarks/capacity/replay.ts';
import { SimulatedCloud } from '../../../../benchmarks/capacity/simulated-cloud.ts';
import { aTrace, MINUTE_MS } from './made-up-trace.ts';

/** Figures by launcher. */
async function figures(levels: Readonly<Record<string, readonly number[]>>, fields: Partial<Comparison> = {}): Promise<Record<string, LauncherFigures>> {
  const contests = await compareLaunchers({ trace: aTrace(levels), nodes: 4, spread: 'Single', everyMs: 60 * MINUTE_MS, holdMs: 10 * MINUTE_MS, ...fields });
  return Object.fromEntries(contests.map((contest) => [contest.figures.name, contest.figures]));
}

const never = Array.from({ length: 24 }, () => 0);
const always = never.map(() => 4);

describe('launchers over a trace', () => {
  it('serve every job at once where there is capacity', async () => {
    const { 'zone:a': fixed, ours, clairvoyant } = await figures({ a: always });
    for (const launcher of [fixed, ours, clairvoyant]) {
      expect(launcher).toMatchObject({ servedWithin: { '0': 1 }, secondsToCapacity: { mean: 0 }, callsPerJob: 1, callsPerGang: 1, zonesPerGang: 1, splitShare: 0, unserved: 0 });
    }
  });

  it('count a job that was never served with its wait until the end', async () => {
    const { ours } = await figures({ a: never });
    expect(ours).toMatchObject({ servedWithin: { '21600': 0 }, secondsToCapacity: { mean: 9000, p50: 7200, p99: 14_400 }, callsPerGang: null, unserved: 4 });
  });

  it('find the zone that has capacity; a fixed one does not', async () => {
    const all = await figures({ a: never, b: always });
    expect(all['zone:a']?.servedWithin['0']).toBe(0);
    for (const name of ['zone:b', 'round-robin', 'flat-cooldown', 'ours', 'clairvoyant']) expect(all[name]?.servedWithin['0']).toBe(1);
  });

  it('are told when capacity returns by a clairvoyant only', async () => {
    const { ours, clairvoyant } = await figures({ a: [0, 0, 0, 4, 4, 4, 4, 4] }, { everyMs: 120 * MINUTE_MS });
    expect(clairvoyant).toMatchObject({ secondsToCapacity: { mean: 1800 }, callsPerJob: 1 });
    expect(ours?.secondsToCapacity.mean).toBeGreaterThan(1800);
    expect(ours?.secondsToCapacity.mean).toBeLessThanOrEqual(1800 + 660);
  });

  it('split a gang only where it may be', async () => {
    const half = { a: always.map(() => 2), b: always.map(() => 2) };
    expect((await figures(half))['ours']?.unserved).toBe(4);
    const all = await figures(half, { spread: 'Prefer' });
    for (const name of ['round-robin', 'flat-cooldown', 'ours', 'clairvoyant']) expect(all[name]).toMatchObject({ servedWithin: { '0': 1 }, zonesPerGang: 2, splitShare: 1 });
    expect((await figures(half, { spread: 'Any' }))['ours']).toMatchObject({ callsPerJob: 1, splitShare: 1 });
  });

  it('wait for each other where gangs take all there is', async () => {
    const all = await figures({ a: always }, { everyMs: 10 * MINUTE_MS, holdMs: 20 * MINUTE_MS });
    expect(all['clairvoyant']?.servedWithin['0']).toBeLessThan(0.2);
    expect(all['clairvoyant']?.unserved).toBeGreaterThan(10);
  });

  it('ask less often when they remember what failed', async () => {
    const all = await figures({ a: never, b: never }, { everyMs: 30 * MINUTE_MS });
    expect(all['flat-cooldown']?.callsPerJob).toBeLessThan((all['round-robin']?.callsPerJob ?? 0) / 3);
  });
});

describe('production in a simulated cloud', () => {
  it('gives back every machine that it had', async () => {
    const series = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 4, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(fc.array(series, { minLength: 1, maxLength: 3 }), fc.constantFrom('Single', 'Prefer', 'Any'), async (zones, spread) => {
        const trace = aTrace(Object.fromEntries(zones.map((levels, index) => [`zone-${index}`, levels])));
        const cloud = new SimulatedCloud(trace);
        const launcher = new ProductionLauncher(cloud, { nodes: 4, spread });
        const fates = await replayTrace(cloud, launcher, { everyMs: 7 * MINUTE_MS, holdMs: 10 * MINUTE_MS });
        for (const [index, { arrivedAtMs }] of fates.entries()) await launcher.end({ number: index + 1, arrivedAtMs });
        expect(trace.zones.map((zone) => cloud.heldIn(zone))).toEqual(trace.zones.map(() => 0));
      }),
      { numRuns: 50 },
    );
  });
});
