import type { EpochMs } from '../job/ids.ts';
import type { HeldInstance } from './launch-progress.ts';
import type { MarketView } from './market-view.ts';

/** Where nobody says when it was counted: a count may be this old. */
const OLDEST_COUNT_MS = 10_000;

/**
 * Machines of the gang that a count does not know yet: those of which the answer came after it was made. To leave out more
 * would count them twice, and so give up a gang that has room.
 */
export function uncounted(held: readonly HeldInstance[], countedAtMs: EpochMs | undefined, nowMs: EpochMs): readonly HeldInstance[] {
  return held.filter(({ launchedAtMs }) => (countedAtMs === undefined ? nowMs - launchedAtMs < OLDEST_COUNT_MS : launchedAtMs >= countedAtMs));
}

/** The view with the room that reservations have once the gang has taken what it took of them since they were counted. */
export function withOwnReserved<View extends Pick<MarketView, 'reservations' | 'countedAtMs'>>(view: View, held: readonly HeldInstance[], nowMs: EpochMs): View {
  const taken = uncounted(held.filter(({ market }) => market === 'reserved'), view.countedAtMs?.reservations, nowMs);
  if (view.reservations === undefined || taken.length === 0) return view;
  const left = Map.groupBy(taken, placeOf);
  const reservations = view.reservations.map((reservation) => {
    const machines = left.get(placeOf(reservation)) ?? [];
    const own = machines.splice(0, reservation.available).length;
    return { ...reservation, available: reservation.available - own };
  });
  return { ...view, reservations };
}

/** The view with the addresses that there are once what the gang holds was given up. */
export function withoutOwn<View extends Pick<MarketView, 'subnets' | 'freeAddresses' | 'countedAtMs'>>(view: View, held: readonly HeldInstance[], nowMs: EpochMs): View {
  if (view.freeAddresses === undefined || held.length === 0) return view;
  const notYet = new Set(uncounted(held, view.countedAtMs?.addresses, nowMs));
  const own = Map.groupBy(held.filter((instance) => !notYet.has(instance)), ({ zone }) => view.subnets[zone]);
  const freeAddresses = new Map([...view.freeAddresses].map(([subnet, free]) => [subnet, free + (own.get(subnet)?.length ?? 0)]));
  return { ...view, freeAddresses };
}

const placeOf = ({ instanceType, zone }: Pick<HeldInstance, 'instanceType' | 'zone'>): string => `${instanceType}/${zone}`;
