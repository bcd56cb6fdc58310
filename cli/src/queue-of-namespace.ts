import type { Queue, ShareStanding } from '@advanced-orchestrator/sdk';

/** A queue as it is shown: each job with its place among all, from 1, and the namespace where only that is shown. */
export interface ShownQueue extends Queue {
  readonly places: readonly number[];
  readonly namespace?: string;
}

/** All of it. */
export function wholeQueue(queue: Queue): ShownQueue {
  return { ...queue, places: queue.jobs.map((_, i) => i + 1) };
}

/** What concerns a namespace: its first jobs, at most `most`, its share with those of its users, and what those above hold. */
export function queueOfNamespace(queue: Queue, namespace: string, most: number): ShownQueue {
  const own = queue.jobs.flatMap((job, i) => (job.namespace === namespace ? [{ job, place: i + 1 }] : []));
  const shown = own.slice(0, most);
  return {
    ...queue,
    namespace,
    shares: sharesOf(queue.shares, namespace),
    jobs: shown.map(({ job }) => job),
    places: shown.map(({ place }) => place),
    hasMoreJobs: queue.hasMoreJobs || own.length > most,
  };
}

/** The way down to the share of a namespace, and what is below it. Shares come in the order of their tree. */
function sharesOf(shares: readonly ShareStanding[], namespace: string): ShareStanding[] {
  const at = shares.findIndex(({ kind, name }) => kind === 'namespace' && name === namespace);
  const found = shares[at];
  if (found === undefined) return shares.filter(({ depth }) => depth === 0);
  const above = Array.from({ length: found.depth }, (_, depth) => shares.findLast((share, i) => i < at && share.depth === depth)).filter((share) => share !== undefined);
  const users = shares.filter(({ kind, namespace: of }) => kind === 'user' && of === namespace);
  return [...above, found, ...users];
}
