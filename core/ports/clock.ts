import type { EpochMs } from '../job/ids.ts';

/** Where the time comes from. */
export interface Clock {
  now(): EpochMs;
}
