import { parse } from 'yaml';
import * as z from 'zod';
import { defaultShareTree, type NamespaceShare, type Share, type ShareTree } from '../../core/shares/share-tree.ts';
import { MAX_PRIORITY } from '../../core/manifest/schema.ts';
import { bySubmission, loadJob, momentOf, type JobSketch, type Load } from './load.ts';

/** The simulated time at which the generator begins. */
const BEGAN_MS = Date.UTC(2025, 0, 1);
/** A Kubernetes quantity of CPUs, in thousandths: `20`, `"8500"`, `500m`, `2k`. */
const cpuQuantity = z.union([z.string(), z.number()]).transform((value, context) => {
  const [, digits, suffix] = /^(\d+(?:\.\d+)?)([mk]?)$/u.exec(String(value)) ?? [];
  if (digits !== undefined) return Math.round(Number(digits) * (suffix === 'm' ? 1 : suffix === 'k' ? 1_000_000 : 1000));
  context.addIssue(`${value} is no quantity of CPUs`);
  return z.NEVER;
});
const count = z.int().min(1).max(100_000);
const milliseconds = z.number().nonnegative();

/** What matters here of a generator file; the rest of it (preemption, topology) is passed over. */
const generatorSchema = z.object({
  cohorts: z.array(z.object({
    className: z.string(), count,
    queuesSets: z.array(z.object({
      className: z.string(), count, nominalQuota: cpuQuantity, borrowingLimit: cpuQuantity.optional(),
      workloadsSets: z.array(z.object({
        count, creationIntervalMs: milliseconds,
        workloads: z.array(z.object({ className: z.string(), runtimeMs: milliseconds, priority: z.int(), request: cpuQuantity, podCount: count.default(1) })).min(1),
      })),
    })).min(1),
  })).min(1),
});

type Generator = z.infer<typeof generatorSchema>;
type QueueSet = Generator['cohorts'][number]['queuesSets'][number];
type Workload = QueueSet['workloadsSets'][number]['workloads'][number];

/** A generator file that cannot be used. */
class KueueFileError extends Error {
  override readonly name = 'KueueFileError';
}

/** A queue with the cohort that it belongs to. */
interface Queue {
  readonly cohort: string;
  readonly name: string;
  readonly set: QueueSet;
}

/**
 * Reads a generator file of Kueue's scheduler performance test (test/performance/scheduler in kubernetes-sigs/kueue).
 * A cohort becomes a group with the sum of its queues' nominal quotas as limit; a queue becomes a namespace, its nominal
 * quota what is guaranteed and lent, with the borrowing limit on top its limit. What a class runs for is told to no
 * scheduler, so jobs have no bound. Nothing is preempted, and machines have no topology.
 *
 * @throws KueueFileError that says where the file is not of the format.
 */
export function loadKueue(content: string, origin: string): Load {
  const parsed = generatorSchema.safeParse(readYaml(content, origin));
  if (!parsed.success) throw new KueueFileError(`${origin}: ${z.prettifyError(parsed.error)}`);
  const queues = parsed.data.cohorts.flatMap((cohort, set) => queuesOf(cohort, set));
  const unitMillis = unitOf(queues);
  const priorityOf = prioritiesOf(queues);
  const sketches = queues.flatMap((queue) => sketchesOf(queue, unitMillis, priorityOf));
  const jobs = sketches.map((sketch, number) => loadJob({ ...sketch, number })).sort(bySubmission);
  const capacity = queues.reduce((sum, { set }) => sum + set.nominalQuota / unitMillis, 0);
  const unit = unitMillis === 1 ? 'thousandths of CPUs' : 'CPUs';
  return { origin, capacity, unit, shares: treeOf(queues, unitMillis), jobs, remarks: ['nothing is preempted, and there is no cluster: simulated times hold no calls to an API server'] };
}

function readYaml(content: string, origin: string): unknown {
  try {
    return parse(content);
  } catch (cause) {
    throw new KueueFileError(`${origin} is not YAML.`, { cause });
  }
}

/** The names that the generator gives. */
function queuesOf({ className, count: cohorts, queuesSets }: Generator['cohorts'][number], cohortSet: number): readonly Queue[] {
  return Array.from({ length: cohorts }, (_, i) => `${className}-${cohortSet}-${i}`).flatMap((cohort) =>
    queuesSets.flatMap((set, setNumber) =>
      Array.from({ length: set.count }, (_, i) => ({ cohort, set, name: `${set.className}-${setNumber}-${i}-${cohort}` })),
    ),
  );
}

const workloadsOf = (queues: readonly Queue[]): readonly Workload[] =>
  [...new Set(queues.map(({ set }) => set))].flatMap(({ workloadsSets }) => workloadsSets.flatMap(({ workloads }) => workloads));

/** Whole CPUs, where everything is whole. */
function unitOf(queues: readonly Queue[]): 1 | 1000 {
  const amounts = [...queues.flatMap(({ set }) => [set.nominalQuota, set.borrowingLimit ?? 0]), ...workloadsOf(queues).map(({ request }) => request)];
  return amounts.every((millis) => millis % 1000 === 0) ? 1000 : 1;
}

/** Priorities as they are, or, where they are beyond ours, in the same order over our range. */
function prioritiesOf(queues: readonly Queue[]): (priority: number) => number {
  const ranks = [...new Set(workloadsOf(queues).map(({ priority }) => priority))].sort((a, b) => a - b);
  if (ranks.every((priority) => priority >= 0 && priority <= MAX_PRIORITY)) return (priority) => priority;
  return (priority) => Math.round((MAX_PRIORITY * ranks.indexOf(priority)) / Math.max(1, ranks.length - 1));
}

/** As the generator does it: the sets of a queue side by side, in each one workload after the other. */
function sketchesOf({ name, set }: Queue, unitMillis: number, priorityOf: (priority: number) => number): readonly Omit<JobSketch, 'number'>[] {
  return set.workloadsSets.flatMap(({ count: rounds, creationIntervalMs, workloads }) =>
    Array.from({ length: rounds }, () => workloads).flat().map(({ className, runtimeMs, priority, request, podCount }, i) => ({
      namespace: name, user: 'workloads', class: className, priority: priorityOf(priority), runMs: Math.max(1, runtimeMs),
      submittedAtMs: momentOf(BEGAN_MS + (i + 1) * creationIntervalMs), units: Math.max(1, (request * podCount) / unitMillis),
    })),
  );
}

function treeOf(queues: readonly Queue[], unitMillis: number): ShareTree {
  const { defaultUser } = defaultShareTree.defaultNamespace;
  const cohorts = Map.groupBy(queues, ({ cohort }) => cohort);
  const groups = [...cohorts].map(([name, members]): Share => {
    const nodes = members.reduce((sum, { set }) => sum + set.nominalQuota / unitMillis, 0);
    return { name, weight: 1, limits: { nodes }, guarantee: {}, lend: true };
  });
  const namespaces = queues.map(({ name, cohort, set: { nominalQuota, borrowingLimit } }): NamespaceShare => ({
    name, parent: cohort, weight: 1, lend: true, users: {}, defaultUser, pendingJobs: Number.MAX_SAFE_INTEGER, maxPriority: MAX_PRIORITY,
    guarantee: { nodes: nominalQuota / unitMillis },
    limits: borrowingLimit === undefined ? {} : { nodes: (nominalQuota + borrowingLimit) / unitMillis },
  }));
  return { ...defaultShareTree, groups, namespaces };
}
