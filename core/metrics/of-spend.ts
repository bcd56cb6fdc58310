import type { Job } from '../job/job.ts';
import { measurement, type Measurement } from './catalogue.ts';
import { namespaceDimension } from './dimensions.ts';
import { labelDimension, labelDimensions } from './job-dimensions.ts';
import type { MeasuredDeployment } from './of-end.ts';

/** What the machines of a job cost an hour. */
export interface JobSpend extends Pick<Job, 'namespace' | 'labels'> {
  readonly microUsdPerHour: number;
}

/**
 * What all jobs together cost an hour, and by namespace and label. What the configuration names is in it whether or not
 * anything runs: what has stopped being reported looks as if it went on.
 */
export function spendMeasurements({ namespaces, telemetry: { costLabel } }: MeasuredDeployment, jobs: readonly JobSpend[]): readonly Measurement[] {
  const byNamespace = usdBy(jobs, Object.keys(namespaces), ({ namespace }) => namespaceDimension(namespaces, namespace));
  const byLabel = costLabel === undefined ? [] : usdBy(jobs, labelDimensions(costLabel), ({ labels }) => labelDimension(costLabel, labels));
  return [
    ...byNamespace.map(([Namespace, usd]) => measurement('CostPerHourUsd', usd, { Namespace })),
    ...byLabel.map(([Label, usd]) => measurement('CostPerHourUsdByLabel', usd, { Label })),
    measurement('SpendPerHourUsd', toUsd(jobs.reduce((sum, { microUsdPerHour }) => sum + microUsdPerHour, 0)), {}),
  ];
}

function usdBy(jobs: readonly JobSpend[], named: readonly string[], of: (job: JobSpend) => string): readonly (readonly [string, number])[] {
  const sums = new Map(named.map((value) => [value, 0]));
  for (const job of jobs) sums.set(of(job), (sums.get(of(job)) ?? 0) + job.microUsdPerHour);
  return [...sums].map(([value, microUsd]) => [value, toUsd(microUsd)]);
}

const toUsd = (microUsd: number): number => microUsd / 1e6;
