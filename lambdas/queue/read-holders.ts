import type { JobId } from '../../core/job/ids.ts';
import type { Attempt, Hold, Job } from '../../core/job/job.ts';
import { amountsOf } from '../../core/lifecycle/amend.ts';
import type { JobStore } from '../../core/ports/job-store.ts';
import type { ParkedEntry } from '../../core/lifecycle/change.ts';
import { countHolders, holdDrifts } from '../../core/scheduling/recount.ts';
import { leafId } from '../../core/scheduling/share-nodes.ts';
import type { Holder, ShareUse } from '../../core/scheduling/snapshot.ts';

const PAGE = 1000;
/** Jobs that are read one by one where the index and the counters differ. */
const MOST_DOUBTFUL = 200;
const READS_AT_ONCE = 25;

export interface HolderPorts {
  readonly jobs: Pick<JobStore, 'get' | 'activeAttempts'>;
}

/** What the counters say, and who is known to the scheduler. */
export interface HolderView {
  readonly uses: readonly ShareUse[];
  readonly parked: readonly ParkedEntry[];
  readonly launching: readonly JobId[];
}

/**
 * All jobs that hold limits, and until when at the latest.
 *
 * An attempt's record says what it took when it was admitted, or at its latest turn; but the index of active attempts
 * lags a little. So the sums are held against the counters, which are exact: where a leaf differs its jobs are read
 * themselves. `undefined` where they differ still (a job ended just now): to reserve limits by a wrong list could
 * delay the very job that they are kept for.
 */
export async function readHolders({ jobs }: HolderPorts, view: HolderView): Promise<readonly Holder[] | undefined> {
  const parked = new Map(view.parked.map((entry) => [entry.jobId, entry]));
  const attempts = await readActiveAttempts(jobs);
  const holders = attempts.flatMap((attempt) => holderOf(attempt, parked.get(attempt.jobId)));
  const wrong = new Set(holdDrifts(view.uses, countHolders(holders)).map(leafId));
  if (wrong.size === 0) return holders;
  const listed = new Set(attempts.map(({ jobId }) => jobId));
  const doubtful = [...attempts.filter((attempt) => wrong.has(leafId(attempt))).map(({ jobId }) => jobId), ...view.launching.filter((jobId) => !listed.has(jobId))];
  if (doubtful.length > MOST_DOUBTFUL) return undefined;
  const right = holders.filter((holder) => !wrong.has(leafId(holder)));
  const all = [...right, ...(await readHolds(jobs, doubtful)).filter((holder) => wrong.has(leafId(holder)))];
  return holdDrifts(view.uses, countHolders(all)).length === 0 ? all : undefined;
}

/** A parked job holds what its turn took, or nothing. */
function holderOf({ jobId, namespace, user, amounts, hold }: Attempt, parked: ParkedEntry | undefined): readonly Holder[] {
  if (parked === undefined) return [{ jobId, namespace, user, amounts, hold }];
  return parked.hold === undefined ? [] : [{ jobId, namespace, user, amounts, hold: parked.hold }];
}

/** Every attempt whose machines may exist. Lags a little. */
export async function readActiveAttempts(jobs: Pick<JobStore, 'activeAttempts'>): Promise<readonly Attempt[]> {
  const attempts: Attempt[] = [];
  for (let cursor: string | undefined, more = true; more; ) {
    const page = await jobs.activeAttempts(PAGE, cursor);
    attempts.push(...page.items);
    ({ cursor } = page);
    more = cursor !== undefined;
  }
  return attempts;
}

/** What a job holds, by the job itself. */
export interface JobHold extends Holder {
  readonly hold: Hold;
}

/** What these jobs hold; one that holds nothing is left out. */
export async function readHolds(jobs: Pick<JobStore, 'get'>, ids: readonly JobId[]): Promise<readonly JobHold[]> {
  const found: (Job | undefined)[] = [];
  for (let from = 0; from < ids.length; from += READS_AT_ONCE) {
    found.push(...(await Promise.all(ids.slice(from, from + READS_AT_ONCE).map((jobId) => jobs.get(jobId)))));
  }
  return found.flatMap((job) => (job?.hold === undefined ? [] : [{ jobId: job.jobId, namespace: job.namespace, user: job.user, amounts: amountsOf(job.demand), hold: job.hold }]));
}
