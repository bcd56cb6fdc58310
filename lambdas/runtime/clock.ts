import { epochMs } from '../../core/job/ids.ts';
import type { EpochMs } from '../../core/job/ids.ts';
import type { Clock } from '../../core/ports/clock.ts';

/** The time of the machine that the function runs on. */
export class SystemClock implements Clock {
  now(): EpochMs {
    return epochMs(Date.now());
  }
}
