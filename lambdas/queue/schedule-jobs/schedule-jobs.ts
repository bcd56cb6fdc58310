import { LeaseLostError } from '../../../core/errors/orchestrator-error.ts';
import type { Lease, SchedulerStore } from '../../../core/ports/scheduler-store.ts';
import { giveBack, keepLease, takeLease, type LeasePorts } from '../hold-lease.ts';
import type { CycleMeter } from './cycle-meter.ts';
import { runCycle, type CycleCounts, type CyclePorts } from './run-cycle.ts';

export interface SchedulerPorts extends LeasePorts, CyclePorts {
  readonly store: SchedulerStore;
  readonly pause: (ms: number) => Promise<void>;
  readonly meter: Pick<CycleMeter, 'note'>;
}

/** What an invocation did, for the log. */
export interface SchedulerReport extends CycleCounts {
  readonly held: boolean;
  readonly cycles: number;
}

const nothing: SchedulerReport = { held: false, cycles: 0, admitted: 0, turns: 0, released: 0, givenUp: 0 };
/** Cycles in a row that may come to nothing before the invocation leaves the rest to the next. */
const MOST_IN_VAIN = 3;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 8000;

/**
 * Schedules until there is nothing to do or `hasTime` says stop. One at a time: whoever finds the lease taken marks the
 * table dirty and leaves, and the holder looks again before it does. Whoever fails gives the lease back, and whose time
 * is over while there is work left wakes the next.
 */
export async function scheduleJobs(ports: SchedulerPorts, owner: string, hasTime: () => boolean): Promise<SchedulerReport> {
  let report = nothing;
  for (let again = true; again; ) {
    const lease = await takeLease(ports, owner);
    if (lease === undefined) return report;
    report = { ...report, held: true };
    const { isDone, did } = await holdAndSchedule(ports, lease, hasTime);
    report = add(report, did);
    again = !isDone && hasTime();
    if (!isDone && !again) await ports.store.wake(ports.clock.now());
  }
  return report;
}

interface Held {
  readonly did: SchedulerReport;
  /** Whether nothing is left to do, and nobody came meanwhile and left. */
  readonly isDone: boolean;
}

async function holdAndSchedule(ports: SchedulerPorts, taken: Lease, hasTime: () => boolean): Promise<Held> {
  let lease = taken;
  let did = nothing;
  let more = true;
  const told = new Set<string>();
  try {
    for (let inVain = 0; more && hasTime(); ) {
      lease = await keepLease(ports, lease);
      const fromMs = ports.clock.now();
      const cycle = await runCycle(ports, lease, told);
      ports.meter.note(cycle.seen, fromMs, ports.clock.now());
      ({ lease } = cycle);
      did = add(did, { ...cycle, cycles: 1 });
      inVain = cycle.admitted + cycle.turns + cycle.released + cycle.givenUp > 0 ? 0 : inVain + 1;
      more = cycle.next === 'later' || (cycle.next === 'again' && inVain < MOST_IN_VAIN);
      if (cycle.next === 'later' && hasTime()) await ports.pause(patience(inVain, ports.leaseMs));
    }
    const { dirty } = await ports.store.dropLease(lease);
    return { did, isDone: !more && !dirty };
  } catch (error) {
    if (error instanceof LeaseLostError) {
      ports.log.info('another scheduler took the lease', { owner: lease.owner });
      return { did, isDone: true };
    }
    await giveBack(ports, lease);
    throw error;
  }
}

/** The longer nothing moves, the longer: but a pause and a cycle are over within half of the lease. */
function patience(inVain: number, leaseMs: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.max(inVain - 1, 0), LONGEST_PAUSE_MS, leaseMs / 4);
}

function add(a: SchedulerReport, b: CycleCounts & { readonly cycles: number }): SchedulerReport {
  return { held: a.held, cycles: a.cycles + b.cycles, admitted: a.admitted + b.admitted, turns: a.turns + b.turns, released: a.released + b.released, givenUp: a.givenUp + b.givenUp };
}
