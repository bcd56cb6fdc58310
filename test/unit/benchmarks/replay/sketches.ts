import { defaultShareTree } from '../../../../core/shares/share-tree.ts';
import { bySubmission, loadJob, momentOf, type Load } from '../../../../benchmarks/replay/load.ts';

/** The moment at which the loads of these tests begin. */
const BEGAN_MS = Date.UTC(2025, 0, 1);

/** What a test says of a job; times are in seconds. */
export interface TestJob {
  readonly user?: string;
  readonly at?: number;
  readonly units?: number;
  readonly runs?: number;
  readonly bound?: number;
  readonly priority?: number;
}

/** A machine of so many cores, and jobs that are numbered in the order in which they are given. */
export function aLoad(capacity: number, jobs: readonly TestJob[]): Load {
  const made = jobs.map(({ user = 'ada', at = 0, units = 1, runs = 10, bound, priority = 500 }, number) => loadJob({
    number, namespace: 'lab', user, units, priority, runMs: runs * 1000, submittedAtMs: momentOf(BEGAN_MS + at * 1000),
    ...(bound === undefined ? {} : { boundSeconds: bound }),
  }));
  return { origin: 'a test', capacity, unit: 'cores', shares: defaultShareTree, jobs: made.sort(bySubmission), remarks: [] };
}
