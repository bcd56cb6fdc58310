import { laneId } from '../../../core/scheduling/share-nodes.ts';
import type { LaneCount } from '../../../core/scheduling/snapshot.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { JobStore } from '../../../core/ports/job-store.ts';
import { laneOf, type LaneKey } from '../../../core/queue/lane.ts';

export interface LostLanePorts {
  readonly jobs: Pick<JobStore, 'list'>;
  readonly clock: Clock;
}

const PAGE = 1000;

/**
 * Lanes in which jobs of these namespaces wait and that are not known, so that no scheduler looks into them; each is
 * counted as nothing. Walks the jobs, newest first, as far as there is time.
 */
export async function lostLanes(ports: LostLanePorts, namespaces: ReadonlySet<string>, known: readonly LaneKey[], untilMs: number): Promise<readonly LaneCount[]> {
  const lost = new Map<string, LaneCount>();
  const isKnown = new Set(known.map(laneId));
  for (const namespace of namespaces) {
    for await (const { user, demand } of waiting(ports, namespace, untilMs)) {
      const lane = { namespace, user, lane: laneOf(demand) };
      if (!isKnown.has(laneId(lane))) lost.set(laneId(lane), { ...lane, pending: 0 });
    }
  }
  return [...lost.values()];
}

async function* waiting({ jobs, clock }: LostLanePorts, namespace: string, untilMs: number) {
  let cursor: string | undefined;
  while (clock.now() < untilMs) {
    const page = await jobs.list({ namespace, state: 'PENDING' }, PAGE, cursor);
    yield* page.items;
    ({ cursor } = page);
    if (cursor === undefined) return;
  }
}
