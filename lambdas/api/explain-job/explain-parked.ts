import type { Findings } from '../../../core/api/explain-view.ts';
import { isoTime } from '../../../core/job/ids.ts';
import type { Job } from '../../../core/job/job.ts';
import type { ParkedEntry } from '../../../core/lifecycle/change.ts';
import { capacityDeadline } from '../../../core/lifecycle/time-over.ts';
import { readQueue } from '../../queue/read-queue.ts';
import { coolingOf, explainWaiting, sharesOf, type ExplainWaitingPorts } from './explain-waiting.ts';

/** Why a job without capacity waits: for what cools, and once that is over, for limits as those in the queue do. */
export async function explainParked(ports: ExplainWaitingPorts, job: Job, parked: ParkedEntry): Promise<Findings> {
  const givenUpAt = isoTime(capacityDeadline(job));
  if (parked.untilMs <= ports.clock.now()) return { ...(await explainWaiting(ports, parked)), givenUpAt };
  const look = await readQueue(ports);
  return {
    code: 'Parked',
    message: `${whyParked(job)} It holds no limits meanwhile, and gets its next turn in the queue’s order from ${isoTime(parked.untilMs)} on.`,
    hints: ['It would have more to try with more instance types or zones, with another purchase option, or with spread: Any.'],
    givenUpAt,
    until: isoTime(parked.untilMs),
    shares: sharesOf(look, parked),
    ...coolingOf(look, parked),
  };
}

function whyParked({ reason }: Job): string {
  const message = reason?.message ?? 'No offering had capacity for it.';
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
