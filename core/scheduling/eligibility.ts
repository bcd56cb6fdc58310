import { openings, type Opening } from '../capacity/openings.ts';
import type { EpochMs } from '../job/ids.ts';
import type { QueueEntry } from '../lifecycle/change.ts';
import type { Obstacle } from './plan.ts';
import type { SchedulingPolicy } from './policy.ts';
import type { Pause } from '../queue/pause.ts';
import type { SchedulingSnapshot } from './snapshot.ts';

/** What keeps a job from being tried whatever the limits say: pauses, and offerings that are not to be had now. */
export class Eligibility {
  readonly #queue: Pause | undefined;
  readonly #namespaces: ReadonlyMap<string, Pause>;
  readonly #openings: ReturnType<typeof openings> | undefined;
  readonly #known = new Map<string, Obstacle | undefined>();

  constructor({ pauses, cooldowns }: Pick<SchedulingSnapshot, 'pauses' | 'cooldowns'>, { market }: Pick<SchedulingPolicy, 'market'>, nowMs: EpochMs) {
    this.#queue = pauses.find(({ scope }) => scope.kind === 'queue');
    this.#namespaces = new Map(pauses.flatMap((pause) => (pause.scope.kind === 'namespace' ? [[pause.scope.namespace, pause] as const] : [])));
    this.#openings = cooldowns.length === 0 ? undefined : openings(cooldowns, market, nowMs);
  }

  obstacle(entry: QueueEntry): Obstacle | undefined {
    const pause = this.#queue ?? this.#namespaces.get(entry.namespace);
    if (pause !== undefined) {
      const scope = pause.scope.kind === 'namespace' ? `namespace ${pause.scope.namespace}` : 'the queue';
      return { kind: 'paused', scope, by: pause.by, reason: pause.reason };
    }
    return this.#openings === undefined ? undefined : this.#cooling(entry, this.#openings);
  }

  #cooling({ shape, demand }: QueueEntry, open: ReturnType<typeof openings>): Obstacle | undefined {
    if (this.#known.has(shape)) return this.#known.get(shape);
    const opening = open(demand.pools, demand.zones);
    const obstacle = opening.open ? undefined : closedBy(opening);
    this.#known.set(shape, obstacle);
    return obstacle;
  }
}

function closedBy(opening: Extract<Opening, { open: false }>): Obstacle {
  const { untilMs, code, pausedBy } = opening;
  return pausedBy === undefined ? { kind: 'cooldown', untilMs, code } : { kind: 'paused', ...pausedBy };
}
