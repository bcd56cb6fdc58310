import type { Job, JobCost } from '@advanced-orchestrator/sdk';

/** By what costs are told apart. */
export type CostKey = { readonly kind: 'namespace' | 'user' | 'manifest' | 'market' } | { readonly kind: 'label'; readonly label: string };

/** A job with what it cost so far. */
export interface CostedJob {
  readonly job: Pick<Job, 'namespace' | 'user' | 'labels' | 'manifest'>;
  readonly cost: JobCost;
  /** Whether more may come. */
  readonly goesOn: boolean;
}

/** A sum over jobs. */
export interface CostSum {
  readonly jobs: number;
  readonly nodeHours: number;
  readonly usd: number;
  readonly savedUsd: number;
  /** Of `usd`, what jobs cost so far that go on. */
  readonly runningUsd: number;
  /** How many of the jobs those are. */
  readonly running: number;
}

export interface CostRow extends CostSum {
  readonly key: string;
  /** Its part of the whole, 0 to 1. */
  readonly share: number;
}

export interface CostReport {
  /** The dearest first. */
  readonly rows: readonly CostRow[];
  readonly total: CostSum;
}

/** What jobs without the label are counted under. */
const NO_LABEL = '(none)';

/** Adds up what jobs cost. A job on two markets is a job in the rows of both, and one in the total. */
export function costReport(jobs: readonly CostedJob[], by: CostKey): CostReport {
  const parts = jobs.flatMap((one) => partsOf(one, by).map(([key, amounts]) => ({ key, sum: sumOf(amounts, one.goesOn) })));
  const total = jobs.map(({ cost, goesOn }) => sumOf(cost, goesOn)).reduce(add, nothing);
  const rows = [...Map.groupBy(parts, ({ key }) => key)].map(([key, group]): CostRow => {
    const sum = group.map((part) => part.sum).reduce(add, nothing);
    return { key, ...rounded(sum), share: total.usd === 0 ? 0 : sum.usd / total.usd };
  });
  return { rows: rows.sort((one, other) => other.usd - one.usd || (one.key < other.key ? -1 : 1)), total: rounded(total) };
}

type Amounts = Pick<JobCost, 'nodeHours' | 'usd' | 'savedUsd'>;

function partsOf({ job, cost }: CostedJob, by: CostKey): readonly (readonly [string, Amounts])[] {
  switch (by.kind) {
    case 'label':
      return [[Object.hasOwn(job.labels, by.label) ? (job.labels[by.label] ?? NO_LABEL) : NO_LABEL, cost]];
    case 'manifest':
      return [[`${job.namespace}/${job.manifest.name}`, cost]];
    case 'market':
      return [...Map.groupBy(cost.byPool, ({ market }) => market)].map(([market, pools]) => [market, pools.reduce<Amounts>(addAmounts, nothing)]);
    default:
      return [[job[by.kind], cost]];
  }
}

const addAmounts = (one: Amounts, other: Amounts): Amounts =>
  ({ nodeHours: one.nodeHours + other.nodeHours, usd: one.usd + other.usd, savedUsd: one.savedUsd + other.savedUsd });

const nothing: CostSum = { jobs: 0, nodeHours: 0, usd: 0, savedUsd: 0, runningUsd: 0, running: 0 };

function sumOf({ nodeHours, usd, savedUsd }: Amounts, goesOn: boolean): CostSum {
  return { jobs: 1, nodeHours, usd, savedUsd, runningUsd: goesOn ? usd : 0, running: goesOn ? 1 : 0 };
}

function add(one: CostSum, other: CostSum): CostSum {
  return {
    jobs: one.jobs + other.jobs, running: one.running + other.running, runningUsd: one.runningUsd + other.runningUsd, ...addAmounts(one, other),
  };
}

/** Sums of thousands of decimal numbers have dust behind the sixth place. */
function rounded(sum: CostSum): CostSum {
  const [nodeHours, usd, savedUsd, runningUsd] = [sum.nodeHours, sum.usd, sum.savedUsd, sum.runningUsd].map((value) => Math.round(value * 1e6) / 1e6);
  return { ...sum, nodeHours: nodeHours ?? 0, usd: usd ?? 0, savedUsd: savedUsd ?? 0, runningUsd: runningUsd ?? 0 };
}
