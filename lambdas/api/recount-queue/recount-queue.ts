import { operations } from '../../../core/api/operations.ts';
import { viewDrift } from '../../../core/api/recount-view.ts';
import { LeaseLostError, SchedulerBusyError } from '../../../core/errors/orchestrator-error.ts';
import type { EpochMs } from '../../../core/job/ids.ts';
import type { Lease, SchedulerStore } from '../../../core/ports/scheduler-store.ts';
import type { AuditEntry, AuditLog } from '../../../core/ports/share-store.ts';
import type { Drift } from '../../../core/scheduling/recount.ts';
import { laneId, leafId } from '../../../core/scheduling/share-nodes.ts';
import type { ApiOperation } from '../../runtime/api-handler.ts';
import { countEnds, MANY_ENDS, type CountPorts } from '../../queue/count-ends.ts';
import { giveBack, type LeasePorts } from '../../queue/hold-lease.ts';
import { compareCounters, type ComparePorts, type Comparison } from './compare-counters.ts';

export interface RecountPorts extends LeasePorts, ComparePorts, CountPorts {
  readonly store: SchedulerStore;
  readonly deployment: CountPorts['deployment'] & ComparePorts['deployment'];
  readonly audit: Pick<AuditLog, 'record'>;
  readonly newAuditId: (nowMs: EpochMs) => string;
  readonly pause: (ms: number) => Promise<void>;
}

/** A scheduler that has nothing to do gives its lease back within seconds. */
const LEASE_WAIT_MS = 5000;
const LEASE_POLL_MS = 250;
/** The caller is answered within API Gateway's 29 seconds. */
const COUNT_MS = 8000;
/** The index of attempts has caught up, and a job that was being submitted is in its queue. */
const SECOND_LOOK_MS = 3000;

const TOOK_TOO_LONG = 'Comparing took longer than the scheduler was held off: what was found may be outdated. Look again before you repair.';

/** Compares the scheduler's counters with the jobs, while no scheduler runs, and repairs them if asked to. */
export function recountQueue(ports: RecountPorts): ApiOperation<typeof operations.recountQueue> {
  return {
    schema: operations.recountQueue,
    run: async ({ body: { repair, reason }, user, origin }) => {
      const lease = await waitForLease(ports, `recount by ${user}`);
      try {
        const found = await lookTwice(ports, lease);
        const wrong = found.drifts.length > 0;
        const repaired = repair && wrong ? await repairAll(ports, lease, found, { by: user, reason: reason ?? '', origin }) : () => false;
        const drifts = found.drifts.map((drift) => viewDrift(drift, repaired(drift)));
        return { status: 200, body: { drifts, repaired: wrong && drifts.every((drift) => drift.repaired), lanesNotCounted: found.lanesNotCounted } };
      } catch (error) {
        throw error instanceof LeaseLostError ? new SchedulerBusyError(TOOK_TOO_LONG, {}, { cause: error }) : error;
      } finally {
        await giveBack(ports, lease);
      }
    },
  };
}

/** @throws SchedulerBusyError */
async function waitForLease({ store, clock, leaseMs, pause }: RecountPorts, owner: string): Promise<Lease> {
  for (const untilMs = clock.now() + LEASE_WAIT_MS; clock.now() < untilMs; await pause(LEASE_POLL_MS)) {
    const lease = await store.takeLease(owner, clock.now(), leaseMs);
    if (lease !== undefined) return lease;
  }
  throw new SchedulerBusyError('The scheduler is at work, and counters can be compared only while it is not: try again in a moment, or pause the queue first.');
}

/** What drifted at both looks is wrong; what drifted at one of them only was on its way. */
async function lookTwice(ports: RecountPorts, lease: Lease): Promise<Comparison> {
  for (let many = true; many; ) many = (await countEnds(ports, lease)).releases.length >= MANY_ENDS;
  const look = (): Promise<Comparison> => compareCounters(ports, lease, ports.clock.now() + COUNT_MS);
  const first = await look();
  if (first.drifts.length === 0) return first;
  await ports.pause(SECOND_LOOK_MS);
  const second = await look();
  const before = new Set(first.drifts.map(driftId));
  const drifts = second.drifts.filter((drift) => before.has(driftId(drift)));
  const leaves = new Set(drifts.flatMap((drift) => (drift.lane === undefined ? [leafId(drift)] : [])));
  const lanes = new Set(drifts.flatMap((drift) => (drift.lane === undefined ? [] : [laneId({ ...drift, lane: drift.lane })])));
  return { ...second, drifts, uses: second.uses.filter((use) => leaves.has(leafId(use))), lanes: second.lanes.filter((lane) => lanes.has(laneId(lane))) };
}

const driftId = (drift: Drift): string => JSON.stringify([drift.namespace, drift.user, drift.lane, drift.amount]);

/** Answers whether a drift was put right. Nothing is changed without its record. */
async function repairAll(
  { store, audit, clock, newAuditId }: RecountPorts,
  lease: Lease,
  { uses, lanes, countedFromMs }: Comparison,
  asked: Pick<AuditEntry, 'by' | 'reason' | 'origin'>,
): Promise<(drift: Drift) => boolean> {
  const atMs = clock.now();
  await audit.record({ id: newAuditId(atMs), atMs, action: 'Recounted', target: 'queue', ...asked });
  if (uses.length > 0) await store.replaceUses(lease, uses);
  const replaced = new Set((lanes.length === 0 ? [] : await store.replacePending(lease, lanes, countedFromMs)).map(laneId));
  return (drift) => drift.lane === undefined || replaced.has(laneId({ ...drift, lane: drift.lane }));
}
