import type { Report } from '../report.ts';
import { table } from '../table.ts';
import { epochMs } from '../../core/job/ids.ts';
import { SimulatedTime } from './simulated-time.ts';
import { Storm, type Fate } from './storm.ts';
import { NODES, stormJobs, type StormSize } from './storm-jobs.ts';

/** How a storm is asked for. */
export interface StormOptions extends StormSize {
  /** After how many minutes the dead offering has machines again. */
  readonly back: readonly number[];
}

/** What came of one storm. Times are simulated seconds. */
export interface StormFigures {
  readonly backAfterMinutes: number;
  /** Waits of the jobs that want other offerings, and how long they would have waited without the storm. */
  readonly othersWaited: { readonly mean: number; readonly longest: number; readonly longestWithoutStorm: number };
  /** Launch calls for the dead offering: most in a minute, the first minute and later. */
  readonly deadCallsInAMinute: { readonly first: number; readonly later: number };
  readonly deadCalls: number;
  /** The interval between the last probe in vain and the next one. */
  readonly probeInterval: number;
  /** From the return until the first and the last of the jobs have their machines. */
  readonly afterReturn: { readonly first: number; readonly last: number };
  /** From the first of them to the last. */
  readonly firstToLast: number;
  /** Of those that want the dead offering. */
  readonly served: number;
  readonly parkings: number;
}

const BEGAN_MS = Date.UTC(2030, 0, 1, 0, 0, 30);
const MINUTE_MS = 60_000;
/** Longer than any storm needs to end: what has not started by then never will. */
const AFTERMATH_MS = 30 * MINUTE_MS;

/** Plays one storm: all jobs come at once, then one offering, which has nothing, has enough for all who want it. */
export async function playStorm({ dead, others }: StormSize, backAfterMinutes: number): Promise<StormFigures> {
  const backMs = BEGAN_MS + backAfterMinutes * MINUTE_MS;
  const { time, storm } = begin({ dead, others });
  await time.goOnTo(backMs);
  const cooldown = await storm.cooldownOfDead();
  storm.revive(dead * NODES);
  await time.goOnTo(backMs + AFTERMATH_MS);
  const waits = waitsOf(storm.fates.filter(({ job }) => !job.wantsDead));
  const started = storm.fates.filter(({ job }) => job.wantsDead).map(({ startedAtMs }) => (startedAtMs - backMs) / 1000);
  const afterReturn = { first: Math.min(...started), last: started.length < dead ? Infinity : Math.max(...started) };
  return {
    backAfterMinutes,
    othersWaited: { mean: rounded(waits.reduce((sum, wait) => sum + wait, 0) / waits.length), longest: Math.max(...waits), longestWithoutStorm: Math.max(...(await calmWaits(others))) },
    deadCallsInAMinute: busiestMinutes(storm.deadCallsAtMs.filter((atMs) => atMs < backMs)),
    deadCalls: storm.deadCallsAtMs.filter((atMs) => atMs < backMs).length,
    probeInterval: (cooldown?.ms ?? 0) / 1000,
    afterReturn,
    firstToLast: afterReturn.last - afterReturn.first,
    served: started.length,
    parkings: storm.parkings,
  };
}

function begin(size: StormSize): { readonly time: SimulatedTime; readonly storm: Storm } {
  const time = new SimulatedTime(BEGAN_MS);
  const storm = new Storm(time, stormJobs(size, epochMs(BEGAN_MS - 1000)));
  storm.begin();
  return { time, storm };
}

async function calmWaits(others: number): Promise<readonly number[]> {
  const { time, storm } = begin({ dead: 0, others });
  await time.goOnTo(BEGAN_MS + 10 * MINUTE_MS);
  return waitsOf(storm.fates);
}

const waitsOf = (fates: readonly Fate[]): readonly number[] => fates.map(({ startedAtMs }) => (startedAtMs - BEGAN_MS) / 1000);

/** The most calls within any sixty seconds: from the beginning on, and after the first minute. */
function busiestMinutes(callsAtMs: readonly number[]): StormFigures['deadCallsInAMinute'] {
  const within = (fromMs: number): number => callsAtMs.filter((atMs) => atMs >= fromMs && atMs < fromMs + MINUTE_MS).length;
  const later = callsAtMs.filter((atMs) => atMs >= BEGAN_MS + MINUTE_MS);
  return { first: within(BEGAN_MS), later: Math.max(0, ...later.map(within)) };
}

const rounded = (value: number): number => Math.round(value * 10) / 10;

const headings = ['back after', 'others mean', 'longest', 'without storm', 'dead calls/min, first', 'later', 'in all', 'probe interval', 'first after return', 'last', 'first to last', 'served', 'parkings'];

/** Plays storms that end at different times. */
export async function measureIceStorm({ dead, others, back }: StormOptions): Promise<Report> {
  const storms: StormFigures[] = [];
  for (const minutes of back) storms.push(await playStorm({ dead, others }, minutes));
  const rows = storms.map((storm) => [
    `${storm.backAfterMinutes} min`, `${storm.othersWaited.mean} s`, `${storm.othersWaited.longest} s`, `${storm.othersWaited.longestWithoutStorm} s`,
    storm.deadCallsInAMinute.first, storm.deadCallsInAMinute.later, storm.deadCalls, `${storm.probeInterval} s`,
    `${storm.afterReturn.first} s`, `${storm.afterReturn.last} s`, `${storm.firstToLast} s`, `${storm.served} of ${dead}`, storm.parkings,
  ]);
  const title = `${dead} jobs of ${NODES} machines want one dead offering, ${others} want others; all come at once`;
  return { text: [title, table(headings, rows)].join('\n'), result: { dead, others, storms } };
}
