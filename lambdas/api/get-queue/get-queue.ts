import { operations } from '../../../core/api/operations.ts';
import { MAX_QUEUE_SHARES, viewPause, type QueueView, type WaitingJobView } from '../../../core/api/queue-view.ts';
import { viewStanding } from '../../../core/api/share-view.ts';
import { pauseOf } from '../../../core/capacity/pauses.ts';
import { isoTime, type EpochMs } from '../../../core/job/ids.ts';
import type { QueueEntry } from '../../../core/lifecycle/change.ts';
import { bandAt } from '../../../core/queue/order.ts';
import { explainAlone, verdictIn, type Verdict } from '../../../core/scheduling/explain-entry.ts';
import { describeObstacle, describeVerdict } from '../../../core/scheduling/obstacle-text.ts';
import { orderOfWaiting } from '../../../core/scheduling/order-of-waiting.ts';
import { planCycle } from '../../../core/scheduling/plan-cycle.ts';
import type { CyclePlan } from '../../../core/scheduling/plan.ts';
import { firstAtEach, shareStandings, type ShareStanding } from '../../../core/scheduling/share-standing.ts';
import type { SchedulingSnapshot } from '../../../core/scheduling/snapshot.ts';
import { FRONT_DEPTH, readFronts, readQueue, type QueueLook, type QueueReaderPorts } from '../../queue/read-queue.ts';
import type { ApiOperation } from '../../runtime/api-handler.ts';

/** What waits and why, what is held, and how the shares stand: a cycle is planned to see. */
export function getQueue(ports: QueueReaderPorts): ApiOperation<typeof operations.getQueue> {
  return {
    schema: operations.getQueue,
    run: async ({ query: { limit } }) => {
      const look = await readQueue(ports, { exact: true });
      const { windows, isPartial } = await readFronts(ports.scheduler, look, Math.max(FRONT_DEPTH, limit + 1));
      const snapshot = { ...look.snapshot, lanes: windows };
      return { status: 200, body: { ...view(look, snapshot, limit), isPartial } };
    },
  };
}

function view(look: QueueLook, snapshot: SchedulingSnapshot, limit: number): Omit<QueueView, 'isPartial'> {
  const { policy, nowMs } = look;
  const plan = planCycle(snapshot, policy, nowMs);
  const standings = shareStandings({ uses: snapshot.uses, lanes: look.active }, policy, nowMs);
  const [total] = standings;
  const { entries, complete } = orderOfWaiting(snapshot, policy, nowMs, limit);
  const verdicts = new Verdicts(plan, snapshot, look);
  return {
    at: isoTime(nowMs),
    pending: total?.pending ?? 0,
    running: total?.held.runningJobs ?? 0,
    parked: snapshot.parked.filter(({ hold }) => hold === undefined).length,
    launches: { inFlight: snapshot.launching, limit: policy.shares.maxLaunchesInFlight },
    pauses: [...snapshot.pauses, ...snapshot.cooldowns.flatMap((cooldown) => pauseOf(cooldown) ?? [])].map(viewPause),
    shares: viewShares(standings, plan),
    hasMoreShares: standings.length > MAX_QUEUE_SHARES,
    jobs: entries.map((entry) => viewWaitingJob(entry, verdicts.of(entry), look, look.notes.givenUpAt(entry))),
    hasMoreJobs: !complete,
  };
}

/** Users are many, and shares without jobs tell little. */
const importance = ({ place, pending, held }: ShareStanding): number => (place.kind === 'user' ? 0 : 2) + (pending > 0 || held.runningJobs > 0 ? 1 : 0);

/** Those with jobs before those without, users last, up to as many as are shown; they stay in the tree's order. */
function viewShares(standings: readonly ShareStanding[], { waiting }: CyclePlan): QueueView['shares'] {
  const first = firstAtEach(standings, waiting);
  const rows = standings.map((standing, i) => ({ standing, waits: first.get(i), i }));
  const shown = new Set(rows.toSorted((a, b) => importance(b.standing) - importance(a.standing) || a.i - b.i).slice(0, MAX_QUEUE_SHARES).map(({ i }) => i));
  return rows
    .filter(({ i }) => shown.has(i))
    .map(({ standing, waits }) => {
      if (waits === undefined) return viewStanding(standing);
      const { code, message } = describeObstacle(waits.obstacle);
      return { ...viewStanding(standing), waiting: { code, message } };
    });
}

/** What becomes of jobs that wait. A job behind those that the cycle looked at is asked for by itself, its equals once. */
class Verdicts {
  readonly #plan: CyclePlan;
  readonly #snapshot: SchedulingSnapshot;
  readonly #look: QueueLook;
  readonly #alone = new Map<string, Verdict>();

  constructor(plan: CyclePlan, snapshot: SchedulingSnapshot, look: QueueLook) {
    this.#plan = plan;
    this.#snapshot = snapshot;
    this.#look = look;
  }

  of(entry: QueueEntry): Verdict {
    return verdictIn(this.#plan, entry) ?? this.#ofEquals(entry);
  }

  #ofEquals(entry: QueueEntry): Verdict {
    const key = JSON.stringify([entry.namespace, entry.user, entry.shape]);
    const known = this.#alone.get(key);
    if (known !== undefined) return known;
    const verdict = explainAlone(entry, this.#snapshot, this.#look.policy, this.#look.nowMs);
    this.#alone.set(key, verdict);
    return verdict;
  }
}

function viewWaitingJob({ jobId, namespace, user, priority, submittedAtMs, demand }: QueueEntry, verdict: Verdict, { nowMs }: QueueLook, endsAtMs: EpochMs | undefined): WaitingJobView {
  const { code, message } = describeVerdict(verdict);
  const reservedFromMs = verdict.kind === 'held' ? verdict.reservedFromMs : undefined;
  return {
    jobId, namespace, user, priority,
    band: bandAt({ priority, submittedAtMs }, nowMs),
    submittedAt: isoTime(submittedAtMs),
    nodes: demand.nodes, gpus: demand.gpus,
    code, message,
    ...(reservedFromMs === undefined ? {} : { startsBy: isoTime(reservedFromMs) }),
    ...(endsAtMs === undefined ? {} : { givenUpAt: isoTime(endsAtMs) }),
  };
}
