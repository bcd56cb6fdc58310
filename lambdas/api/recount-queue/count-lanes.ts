import type { QueueEntry } from '../../../core/lifecycle/change.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { SchedulerStore } from '../../../core/ports/scheduler-store.ts';
import type { LaneKey } from '../../../core/queue/lane.ts';
import type { LaneCount } from '../../../core/scheduling/snapshot.ts';

export interface LanePorts {
  readonly store: Pick<SchedulerStore, 'window'>;
  readonly clock: Clock;
}

const PAGE = 1000;
const READS_AT_ONCE = 16;

/** How many jobs wait in each lane, as far as there is time; a lane that was not counted to its end is left out. */
export async function countLanes(ports: LanePorts, lanes: readonly LaneKey[], untilMs: number): Promise<readonly LaneCount[]> {
  const counts: LaneCount[] = [];
  for (let from = 0; from < lanes.length && ports.clock.now() < untilMs; from += READS_AT_ONCE) {
    const found = await Promise.all(lanes.slice(from, from + READS_AT_ONCE).map((lane) => countLane(ports, lane, untilMs)));
    counts.push(...found.filter((count) => count !== undefined));
  }
  return counts;
}

async function countLane({ store, clock }: LanePorts, { namespace, user, lane }: LaneKey, untilMs: number): Promise<LaneCount | undefined> {
  let pending = 0;
  let last: QueueEntry | undefined;
  while (clock.now() < untilMs) {
    const { entries, complete } = await store.window({ namespace, user, lane }, PAGE, last);
    pending += entries.length;
    if (complete) return { namespace, user, lane, pending };
    last = entries.at(-1);
  }
  return undefined;
}
