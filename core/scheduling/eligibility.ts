import { offeringKey, type Cooldown } from '../capacity/offering.ts';
import { isShort, openings, type Opening } from '../capacity/openings.ts';
import type { EpochMs, JobId } from '../job/ids.ts';
import type { ParkedEntry, QueueEntry } from '../lifecycle/change.ts';
import { earlyShapes } from './early-shapes.ts';
import { askedEarly, isDue } from './parked-turn.ts';
import type { Obstacle } from './plan.ts';
import type { SchedulingPolicy } from './policy.ts';
import type { Pause } from '../queue/pause.ts';
import type { SchedulingSnapshot } from './snapshot.ts';

/**
 * What keeps a job from being tried whatever the limits say: pauses, and offerings that are not to be had now. Of jobs that
 * could do no more than find out whether an offering is back one is started, and the others wait for what it finds.
 */
export class Eligibility {
  readonly #queue: Pause | undefined;
  readonly #namespaces: ReadonlyMap<string, Pause>;
  readonly #openings: { readonly early: ReturnType<typeof openings>; readonly inTime: ReturnType<typeof openings> } | undefined;
  readonly #early: ReadonlySet<string>;
  readonly #cooldowns: readonly Cooldown[];
  readonly #nowMs: EpochMs;
  /** What parked jobs would ask for before their time: whatever else looks open is nothing to them, or they would not wait. */
  readonly #asked = new Map<JobId, readonly string[]>();
  readonly #known = new Map<string, Opening>();
  /** What jobs that start in this cycle find out about. */
  readonly #probed = new Set<string>();

  constructor({ pauses, cooldowns, lanes }: Pick<SchedulingSnapshot, 'pauses' | 'cooldowns' | 'lanes'>, { market }: Pick<SchedulingPolicy, 'market'>, nowMs: EpochMs) {
    this.#queue = pauses.find(({ scope }) => scope.kind === 'queue');
    this.#namespaces = new Map(pauses.flatMap((pause) => (pause.scope.kind === 'namespace' ? [[pause.scope.namespace, pause] as const] : [])));
    this.#openings = cooldowns.length === 0 ? undefined : { early: openings(cooldowns, market, nowMs, true), inTime: openings(cooldowns, market, nowMs) };
    // Those of a paused namespace start nowhere, whatever somebody finds out.
    this.#early = earlyShapes(lanes.filter(({ namespace }) => !this.#namespaces.has(namespace)), nowMs);
    this.#cooldowns = cooldowns;
    this.#nowMs = nowMs;
  }

  /** Whether a parked job is due, or may ask before its time for what it waits for, since jobs of its shape may. */
  wantsTurn(entry: ParkedEntry): boolean {
    if (isDue(entry, this.#cooldowns, this.#nowMs)) return true;
    const asked = this.#early.has(entry.shape) ? askedEarly(entry, this.#cooldowns, this.#nowMs) : undefined;
    if (asked?.scope.kind !== 'offering') return false;
    this.#asked.set(entry.jobId, [offeringKey(asked.scope.offering)]);
    return true;
  }

  obstacle(entry: QueueEntry): Obstacle | undefined {
    const pause = this.#queue ?? this.#namespaces.get(entry.namespace);
    if (pause !== undefined) {
      const scope = pause.scope.kind === 'namespace' ? `namespace ${pause.scope.namespace}` : 'the queue';
      return { kind: 'paused', scope, by: pause.by, reason: pause.reason };
    }
    const opening = this.#openingFor(entry);
    if (opening === undefined) return undefined;
    return opening.open ? this.#leftToOthers(this.#asked.get(entry.jobId) ?? opening.probes) : closedBy(opening);
  }

  /** Whether all is short that it may be launched as, and nobody holds it back. */
  isShort(entry: QueueEntry): boolean {
    if (this.#queue !== undefined || this.#namespaces.has(entry.namespace)) return false;
    const opening = this.#openingFor(entry);
    return opening !== undefined && isShort(opening);
  }

  /** The job starts, and finds out about what it has to probe. */
  started(entry: QueueEntry): void {
    const opening = this.#openingFor(entry);
    if (opening?.open === true) for (const key of [...(this.#asked.get(entry.jobId) ?? []), ...(opening.probes ?? [])]) this.#probed.add(key);
  }

  #leftToOthers(probes: readonly string[] = []): Obstacle | undefined {
    const [offering] = probes;
    return offering !== undefined && probes.every((key) => this.#probed.has(key)) ? { kind: 'probe', offering } : undefined;
  }

  #openingFor({ shape, demand }: QueueEntry): Opening | undefined {
    if (this.#openings === undefined) return undefined;
    const findOpening = this.#early.has(shape) ? this.#openings.early : this.#openings.inTime;
    const opening = this.#known.get(shape) ?? findOpening(demand.pools, demand.zones);
    this.#known.set(shape, opening);
    return opening;
  }
}

function closedBy(opening: Extract<Opening, { open: false }>): Obstacle {
  const { untilMs, code, probed, pausedBy } = opening;
  if (pausedBy !== undefined) return { kind: 'paused', ...pausedBy };
  return probed === undefined ? { kind: 'cooldown', untilMs, code } : { kind: 'probe', offering: probed };
}
