import { defaultShareTree } from '../../core/shares/share-tree.ts';
import { bySubmission, loadJob, momentOf, type JobSketch, type Load } from './load.ts';
import { randomNumbers, type RandomNumbers } from './random.ts';

const BEGAN_MS = Date.UTC(2025, 0, 1);
const HOUR_MS = 3_600_000;
const MACHINE = 1024;

type Sketch = Omit<JobSketch, 'number'>;

interface Recipe {
  readonly about: string;
  readonly jobs: (random: RandomNumbers) => readonly Sketch[];
}

/** Loads that are made: each asks one question of a scheduler. */
export const syntheticLoads = {
  mixed: { about: 'forty users of eight groups over two weeks, of whom few do most, jobs of all sizes and three priorities, 95 % of the machine', jobs: mixed },
  flood: { about: 'one user submits 4,000 jobs at once, while ten others go on as every day', jobs: flood },
  gangs: { about: 'jobs that want most of the machine between many small ones', jobs: gangs },
} as const satisfies Record<string, Recipe>;

export type SyntheticName = keyof typeof syntheticLoads;

/** Makes a load. The same seed makes the same load. */
export function synthesize(name: SyntheticName, seed: number): Load {
  const recipe: Recipe = syntheticLoads[name];
  const jobs = recipe.jobs(randomNumbers(seed)).map((sketch, number) => loadJob({ ...sketch, number })).sort(bySubmission);
  return { origin: `synthetic load “${name}”, seed ${seed}: ${recipe.about}`, capacity: MACHINE, unit: 'nodes', shares: defaultShareTree, jobs, remarks: [] };
}

/** Sizes are powers of two and run times log-uniform, as logs of real machines have them (Lublin, Feitelson, 2003). */
function jobAt(random: RandomNumbers, atMs: number, who: Pick<Sketch, 'namespace' | 'user'>, largest: number): Sketch {
  const units = 2 ** Math.floor(random.between(0, Math.log2(largest) + 1));
  const runMs = Math.round(2 ** random.between(0, 10)) * 60_000;
  // Users ask for up to five times of what their jobs take.
  const boundSeconds = Math.ceil((runMs / 1000) * random.between(1, 5));
  return { ...who, units, runMs, boundSeconds, priority: 500, submittedAtMs: momentOf(BEGAN_MS + atMs) };
}

/** Jobs of one source until `untilMs`, so that they ask for this part of the machine: arrivals are Poisson. */
function stream(random: RandomNumbers, who: () => Pick<Sketch, 'namespace' | 'user'>, { part, untilMs, largest = 256 }: { readonly part: number; readonly untilMs: number; readonly largest?: number }): Sketch[] {
  const jobs: Sketch[] = [];
  const areaMs = part * MACHINE * untilMs;
  for (let area = 0; area < areaMs; ) {
    const job = jobAt(random, random.between(0, untilMs), who(), largest);
    area += job.units * job.runMs;
    jobs.push(job);
  }
  return jobs;
}

function mixed(random: RandomNumbers): readonly Sketch[] {
  const classes = [{ class: 'urgent', priority: 800 }, { class: 'normal', priority: 500 }, { class: 'normal', priority: 500 }, { class: 'idle', priority: 200 }];
  const who = (): Pick<Sketch, 'namespace' | 'user'> => {
    // Few users do most: the n-th as much as 1/n.
    const user = Math.min(40, Math.floor(40 ** random.between(0, 1)));
    return { namespace: `group-${user % 8}`, user: `user-${user}` };
  };
  return stream(random, who, { part: 0.95, untilMs: 14 * 24 * HOUR_MS }).map((job) => ({ ...job, ...classes[Math.floor(random.between(0, classes.length))] }));
}

function flood(random: RandomNumbers): readonly Sketch[] {
  const floodsAtMs = 24 * HOUR_MS;
  const others = stream(random, () => ({ namespace: 'everybody', user: `user-${Math.floor(random.between(0, 10))}` }), { part: 0.4, untilMs: 5 * 24 * HOUR_MS, largest: 64 });
  const flooding = Array.from({ length: 4000 }, () => jobAt(random, floodsAtMs, { namespace: 'everybody', user: 'flooder' }, 16));
  return [...others.map((job) => ({ ...job, class: 'others' })), ...flooding.map((job) => ({ ...job, class: 'flood' }))];
}

function gangs(random: RandomNumbers): readonly Sketch[] {
  const untilMs = 7 * 24 * HOUR_MS;
  const small = stream(random, () => ({ namespace: 'sweeps', user: `user-${Math.floor(random.between(0, 8))}` }), { part: 0.5, untilMs, largest: 32 });
  const large = Array.from({ length: 60 }, (_, i): Sketch => ({
    ...jobAt(random, random.between(0, untilMs), { namespace: 'gangs', user: `user-${i % 3}` }, 1), units: Math.round(random.between(0.6, 1) * MACHINE),
  }));
  return [...small.map((job) => ({ ...job, class: 'small' })), ...large.map((job) => ({ ...job, class: 'gang' }))];
}
