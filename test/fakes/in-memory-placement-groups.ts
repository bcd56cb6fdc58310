import type { PlacementGroup, PlacementGroups } from '../../core/ports/placement-groups.ts';

/** Placement groups that are there until they are removed; a test says in which machines stand yet. */
export class InMemoryPlacementGroups implements PlacementGroups {
  readonly groups = new Map<string, PlacementGroup>();
  readonly inUse = new Set<string>();

  async list(): Promise<readonly PlacementGroup[]> {
    return [...this.groups.values()];
  }

  async remove(name: string): Promise<boolean> {
    if (this.inUse.has(name)) return false;
    this.groups.delete(name);
    return true;
  }
}
