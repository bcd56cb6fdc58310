import type { AttemptKey } from './machines.ts';

/** A placement group made for an attempt. */
export interface PlacementGroup extends AttemptKey {
  readonly name: string;
}

/**
 * Placement groups of this deployment. One is made before the first launch that names it, and stands until it is removed:
 * a while after its attempt, for a cloud keeps the group while a machine in it is shutting down.
 */
export interface PlacementGroups {
  list(): Promise<readonly PlacementGroup[]>;
  /** `false`: a machine that is not wholly gone stands in it. A group that is gone already counts as removed. */
  remove(name: string): Promise<boolean>;
}
