import type { ParkedEntry } from './change.ts';

/** What brings the time of a parked job forward. */
type Waits = Pick<ParkedEntry, 'waitsFor' | 'byClock'>;

/** Where nothing brings it forward, what else would need not be kept. */
export function waitsOf({ waitsFor, byClock }: Waits): Waits {
  if (byClock) return { byClock };
  return waitsFor === undefined ? {} : { waitsFor };
}
