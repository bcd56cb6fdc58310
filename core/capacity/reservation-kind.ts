/** What tells capacity reservations of different kinds apart, in EC2's words; what EC2 left out is what is usual. */
export interface ReservationKind {
  readonly platform?: string | undefined;
  readonly tenancy?: string | undefined;
  readonly type?: string | undefined;
  readonly isInterruptible?: boolean | undefined;
  readonly placementGroup?: string | undefined;
  readonly outpost?: string | undefined;
}

/**
 * Why the nodes, Linux on shared hardware of the region, may not run in such a reservation; `undefined`: they may.
 * Capacity Blocks and interruptible reservations want launches of a kind of their own, one in a placement group takes
 * only machines of that group.
 */
export function unfitForNodes({ platform = 'Linux/UNIX', tenancy = 'default', type = 'default', ...kind }: ReservationKind): string | undefined {
  if (platform !== 'Linux/UNIX') return `is for ${platform}`;
  if (tenancy !== 'default') return `has tenancy ${tenancy}`;
  if (type !== 'default') return `is of type ${type}`;
  if (kind.isInterruptible === true) return 'is interruptible';
  if (kind.placementGroup !== undefined) return `is in ${kind.placementGroup}`;
  return kind.outpost === undefined ? undefined : `is on ${kind.outpost}`;
}
