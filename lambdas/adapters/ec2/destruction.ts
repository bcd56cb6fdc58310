import { isGoing, type ProviderInstance } from '../../../core/capacity/gang.ts';
import type { EpochMs, InstanceId } from '../../../core/job/ids.ts';
import type { DoomedInstance } from '../../../core/ports/machines.ts';

/** Long enough for any instance to become visible; what is not by then never will be. */
const VISIBLE_AFTER_MS = 300_000;

/**
 * Instances that are to go, look by look. One counts as gone when EC2 says that it is shutting down or terminated, or
 * when it is not new and two looks in a row do not show it: a single answer may leave something out.
 */
export class Destruction {
  readonly #launched: Map<InstanceId, EpochMs>;
  readonly #everything: boolean;
  readonly #gone = new Set<InstanceId>();
  #missed: ReadonlySet<InstanceId> = new Set();

  /** @param everything whatever else is seen is to go too */
  constructor(doomed: readonly DoomedInstance[], everything: boolean) {
    this.#launched = new Map(doomed.map(({ instanceId, launchedAtMs }) => [instanceId, launchedAtMs]));
    this.#everything = everything;
  }

  /** Takes in a look at the instances; answers those that are not gone. */
  look(seen: readonly ProviderInstance[], nowMs: EpochMs): readonly InstanceId[] {
    const visible = new Set(seen.map(({ instanceId }) => instanceId));
    for (const instance of seen) {
      const { instanceId, launchedAtMs } = instance;
      if (isGoing(instance)) this.#gone.add(instanceId);
      if (this.#everything && !this.#launched.has(instanceId)) this.#launched.set(instanceId, launchedAtMs);
    }
    const hidden = new Set([...this.#launched.keys()].filter((id) => !visible.has(id)));
    const left = [...this.#launched].filter(([id, launchedAtMs]) => {
      const isUnknown = hidden.has(id) && this.#missed.has(id) && nowMs - launchedAtMs >= VISIBLE_AFTER_MS;
      return !this.#gone.has(id) && !isUnknown;
    });
    this.#missed = hidden;
    return left.map(([id]) => id);
  }
}
