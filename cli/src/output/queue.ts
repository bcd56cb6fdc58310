import type { WaitingJob } from '@advanced-orchestrator/sdk';
import type { ShownQueue } from '../queue-of-namespace.ts';
import type { Colours } from '../session.ts';
import { printable } from './printable.ts';
import { shareTable } from './share-table.ts';
import { table } from './table.ts';
import { count, duration, time } from './words.ts';

/** A queue: totals, pauses, shares, and the next jobs in their order. */
export function queueText(colours: Colours, queue: ShownQueue): string {
  const { at, pending, running, parked, launches, shares, hasMoreShares, jobs, places, hasMoreJobs, isPartial } = queue;
  const totals = `${time(at)}  ${pending} pending, ${running} running, ${parked} parked, ${launches.inFlight} of ${count(launches.limit, 'launch', 'launches')} in flight\n`;
  const pauses = queue.pauses.map(({ scope, by, reason }) => colours.yellow(`paused: ${printable(`${scope}, by ${by}: ${reason}`)}\n`)).join('');
  const parts = [totals + pauses, shareTable(colours, shares) + (hasMoreShares ? colours.dim('… and more shares\n') : '')];
  if (jobs.length > 0) parts.push(jobTable(colours, jobs, places, Date.parse(at)) + (hasMoreJobs ? colours.dim('… and more jobs\n') : ''));
  if (hasNothingOf(queue)) parts.push(colours.dim(printable(`Namespace ${queue.namespace} has no share here, and no job among the first that wait.`) + '\n'));
  if (isPartial) parts.push(colours.dim('There are more queues than were read: the order is that among those who used least.\n'));
  return parts.join('\n');
}

const hasNothingOf = ({ namespace, jobs, shares }: ShownQueue): boolean =>
  namespace !== undefined && jobs.length === 0 && !shares.some(({ kind, name }) => kind === 'namespace' && name === namespace);

function jobTable(colours: Colours, jobs: readonly WaitingJob[], places: readonly number[], nowMs: number): string {
  return table(
    colours,
    ['NEXT', 'JOB', 'USER', 'PRIORITY', 'BAND', 'NODES', 'GPUS', 'AGE', 'WHY IT WAITS'],
    jobs.map((job, i) => [
      places[i] ?? '', `${job.namespace}/${job.jobId}`, printable(job.user), job.priority, job.band, job.nodes, job.gpus,
      duration(nowMs - Date.parse(job.submittedAt)), why(job),
    ]),
  );
}

function why({ message, startsBy, givenUpAt }: WaitingJob): string {
  const reserved = startsBy === undefined ? '' : ` Limits are reserved from ${time(startsBy)} on.`;
  return printable(`${message}${reserved}${givenUpAt === undefined ? '' : ` It is given up at ${time(givenUpAt)}.`}`);
}
