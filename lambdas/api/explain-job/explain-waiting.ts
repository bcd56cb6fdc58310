import { viewCooling, viewFigures, type ExplanationView, type Findings } from '../../../core/api/explain-view.ts';
import { viewStanding } from '../../../core/api/share-view.ts';
import { coolingFor } from '../../../core/capacity/cooling-for.ts';
import { isoTime } from '../../../core/job/ids.ts';
import type { QueueEntry } from '../../../core/lifecycle/change.ts';
import type { JobStore } from '../../../core/ports/job-store.ts';
import type { SchedulerStore } from '../../../core/ports/scheduler-store.ts';
import { bandAt, bandRisesAt } from '../../../core/queue/order.ts';
import { explainAlone, explainEntry, type Verdict } from '../../../core/scheduling/explain-entry.ts';
import { describeVerdict } from '../../../core/scheduling/obstacle-text.ts';
import type { Obstacle } from '../../../core/scheduling/plan.ts';
import { pathOf, shareStandings } from '../../../core/scheduling/share-standing.ts';
import type { Holder } from '../../../core/scheduling/snapshot.ts';
import { FRONT_DEPTH, readFronts, readQueue, type QueueLook, type QueueReaderPorts } from '../../queue/read-queue.ts';
import { readHolders } from '../../queue/read-holders.ts';

export interface ExplainWaitingPorts extends QueueReaderPorts {
  readonly jobs: Pick<JobStore, 'get' | 'peek' | 'activeAttempts'>;
  readonly scheduler: QueueReaderPorts['scheduler'] & Pick<SchedulerStore, 'ahead' | 'queued'>;
}

/** Where more jobs run, they are not read to see when they end. */
const MOST_HOLDERS = 2000;
/** Obstacles that do not depend on other jobs. */
const whateverTheOrder: readonly Obstacle['kind'][] = ['paused', 'cooldown', 'probe', 'tooLarge'];
/** Obstacles that go away as jobs end. */
const awaitsEnds: readonly Obstacle['kind'][] = ['limit', 'guarantee', 'quota', 'reservation'];
/** Up to how many jobs of a lane the place is counted. */
const MOST_BEFORE = 1000;
/** Scopes that cool are listed up to so many. */
const MOST_COOLING = 50;

/** Why a job waits for limits, where it stands, and what would change that: a cycle is planned to see. */
export async function explainWaiting(ports: ExplainWaitingPorts, entry: QueueEntry): Promise<Findings> {
  const look = await readQueue(ports);
  const [verdict, place, end] = await Promise.all([verdictOf(ports, look, entry), placeOf(ports, look, entry), givenUpOf(ports, look, entry)]);
  return { ...viewVerdict(verdict), ...end, place, shares: sharesOf(look, entry), ...coolingOf(look, entry) };
}

/** The limits may be asked without the queues where what holds it does not depend on them. */
async function verdictOf(ports: ExplainWaitingPorts, look: QueueLook, entry: QueueEntry): Promise<Verdict> {
  const alone = explainAlone(entry, look.snapshot, look.policy, look.nowMs);
  if (alone.kind === 'held' && whateverTheOrder.includes(alone.obstacle.kind)) return alone;
  const { windows, isPartial } = await readFronts(ports.scheduler, look, FRONT_DEPTH, entry);
  const snapshot = { ...look.snapshot, lanes: windows };
  const verdict = explainEntry(entry, snapshot, unhurried(look), look.nowMs);
  // Jobs that were not looked at may come before it.
  if (isPartial) return verdict.kind === 'starts' ? { kind: 'behind' } : verdict;
  if (verdict.kind !== 'held' || !awaitsEnds.includes(verdict.obstacle.kind)) return verdict;
  const holders = await holdersOf(ports, look);
  return holders === undefined ? verdict : explainEntry(entry, { ...snapshot, holders }, unhurried(look), look.nowMs);
}

/** What holds the limits now and until when: by it the job may pass others, and it is known when it starts at the latest. */
async function holdersOf({ jobs, scheduler }: ExplainWaitingPorts, { snapshot }: QueueLook): Promise<readonly Holder[] | undefined> {
  const running = snapshot.uses.reduce((sum, { runningJobs }) => sum + runningJobs, 0);
  return running > MOST_HOLDERS ? undefined : readHolders({ jobs }, { ...snapshot, launching: await scheduler.launching() });
}

/** Where the scheduler stops after so many and goes on in its next cycle, the answer looks on. */
const unhurried = ({ policy }: QueueLook): QueueLook['policy'] => ({ ...policy, maxStarts: Number.POSITIVE_INFINITY });

/** What becomes of the job, in the words of the API. */
function viewVerdict(verdict: Verdict): Pick<Findings, 'code' | 'message' | 'hints' | 'until' | 'startsBy' | 'figures'> {
  const { code, message, hints } = describeVerdict(verdict);
  const text = { code, message, hints: [...hints] };
  if (verdict.kind !== 'held') return text;
  const { obstacle, reservedFromMs } = verdict;
  const figures = viewFigures(obstacle);
  return {
    ...text,
    ...('untilMs' in obstacle ? { until: isoTime(obstacle.untilMs) } : {}),
    ...(reservedFromMs === undefined ? {} : { startsBy: isoTime(reservedFromMs) }),
    ...(figures.length === 0 ? {} : { figures }),
  };
}

/**
 * When it is given up, where it is in the queue and the scheduler has noted that it is held back for capacity alone. The
 * scheduler goes by the entry that is stored: one of an earlier release is not given up.
 */
async function givenUpOf({ scheduler }: Pick<ExplainWaitingPorts, 'scheduler'>, { notes }: QueueLook, entry: QueueEntry): Promise<Pick<Findings, 'givenUpAt'>> {
  const stored = notes.givenUpAt(entry) === undefined ? undefined : await scheduler.queued(entry);
  const atMs = stored && notes.givenUpAt(stored);
  return atMs === undefined ? {} : { givenUpAt: isoTime(atMs) };
}

type PlaceView = NonNullable<ExplanationView['place']>;

/** Jobs of one user stand in lanes; a job's place among all of them is the sum of its places in each. */
async function placeOf({ scheduler }: ExplainWaitingPorts, { active, nowMs }: QueueLook, entry: QueueEntry): Promise<PlaceView> {
  const lanes = active.filter(({ namespace, user }) => namespace === entry.namespace && user === entry.user);
  const before = await Promise.all(lanes.map(({ lane }) => scheduler.ahead({ ...entry, lane }, MOST_BEFORE)));
  const risesAtMs = bandRisesAt(entry, nowMs);
  return {
    priority: entry.priority,
    band: bandAt(entry, nowMs),
    ...(risesAtMs === undefined ? {} : { bandRisesAt: isoTime(risesAtMs) }),
    ownJobsBefore: before.reduce((sum, count) => sum + count, 0),
    isExact: before.every((count) => count < MOST_BEFORE),
  };
}

/** The nodes at which the job counts. */
export function sharesOf({ snapshot, active, policy, nowMs }: QueueLook, entry: QueueEntry): NonNullable<ExplanationView['shares']> {
  return pathOf(shareStandings({ uses: snapshot.uses, lanes: active }, policy, nowMs, [entry]), entry).map(viewStanding);
}

/** What the job may be launched as and is not tried for now. */
export function coolingOf({ snapshot, policy, nowMs }: QueueLook, { demand }: Pick<QueueEntry, 'demand'>): Pick<Findings, 'cooling'> {
  const cooling = coolingFor(demand, snapshot.cooldowns.filter(({ untilMs }) => untilMs > nowMs), policy.market).slice(0, MOST_COOLING);
  return cooling.length === 0 ? {} : { cooling: cooling.map(viewCooling) };
}
