import { ClairvoyantLauncher } from './clairvoyant-launcher.ts';
import { figuresOf, type LauncherFigures } from './figures.ts';
import type { GangSize, Launcher } from './launcher.ts';
import { ProductionLauncher } from './production-launcher.ts';
import { replayTrace, type Arrivals, type Fate } from './replay.ts';
import { SimulatedCloud } from './simulated-cloud.ts';
import { SweepingLauncher } from './sweeping-launcher.ts';
import type { CapacityTrace } from './trace.ts';

/** What a comparison replays. */
export interface Comparison extends GangSize, Arrivals {
  readonly trace: CapacityTrace;
}

/** How a launcher did, and what came of each job. */
export interface Contest {
  readonly figures: LauncherFigures;
  readonly fates: readonly Fate[];
}

/** Karpenter does not try an offering again for so long after it was found unavailable. */
const FLAT_COOLDOWN_MS = 180_000;

/** Plays every launcher over the same trace, each in a cloud of its own. */
export async function compareLaunchers(comparison: Comparison): Promise<readonly Contest[]> {
  const { trace } = comparison;
  const contests: Contest[] = [];
  for (const [name, make] of contenders(comparison)) {
    const cloud = new SimulatedCloud(trace);
    const fates = await replayTrace(cloud, make(cloud), comparison);
    contests.push({ figures: figuresOf(name, fates, cloud.calls), fates });
  }
  return contests;
}

type MakeLauncher = (cloud: SimulatedCloud) => Launcher;

function contenders(size: Comparison): readonly (readonly [name: string, make: MakeLauncher])[] {
  const { trace: { zones }, holdMs } = size;
  return [
    ...zones.map((zone): [string, MakeLauncher] => [`zone:${zone}`, (cloud) => new SweepingLauncher(cloud, size, { zones: [zone] })]),
    ['round-robin', (cloud) => new SweepingLauncher(cloud, size, { zones, rotates: true })],
    ['flat-cooldown', (cloud) => new SweepingLauncher(cloud, size, { zones, cooldownMs: FLAT_COOLDOWN_MS })],
    ['ours', (cloud) => new ProductionLauncher(cloud, size)],
    ['clairvoyant', (cloud) => new ClairvoyantLauncher(cloud, size, holdMs)],
  ];
}
