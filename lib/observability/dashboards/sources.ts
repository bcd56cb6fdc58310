import { commonDimensions, metricNamespace, type Dimension, type MetricName, type metricCatalogue } from '../../../core/metrics/catalogue.ts';
import type { Calculation } from '../burn-rate.ts';
import type { DimensionValue, MathSource, MetricSource } from './model.ts';

/** Names of the metrics that have exactly these dimensions. */
type With<Of extends Dimension> = {
  readonly [Name in MetricName]: [(typeof metricCatalogue)[Name]['dimensions'][number]] extends [Of]
    ? [Of] extends [(typeof metricCatalogue)[Name]['dimensions'][number]] ? Name : never
    : never;
}[MetricName];

/** Metrics of one deployment. */
export interface Metrics {
  /** One without dimensions of its own. */
  readonly of: (name: With<never>, statistic: string, label: string) => MetricSource;
  /** One with a dimension, at one value of it. */
  readonly at: <Of extends Dimension>(name: With<Of>, dimension: Of, value: string, statistic: string, label: string) => MetricSource;
  /** One with a dimension, at each of the values. */
  readonly by: <Of extends Dimension>(name: With<Of>, dimension: Of, values: readonly DimensionValue[], statistic: string) => MetricSource;
}

/** Metrics as the catalogue has them: one that it lacks, or with other dimensions, is not a program. */
export function metricsOf(deployment: string): Metrics {
  const namespace = metricNamespace(deployment);
  const base = { kind: 'metric', namespace } as const;
  return {
    of: (name, statistic, label) => ({ ...base, name, dimensions: commonDimensions, statistic, label }),
    at: (name, dimension, value, statistic, label) => ({ ...base, name, dimensions: { ...commonDimensions, [dimension]: value }, statistic, label }),
    by: (name, dimension, values, statistic) => ({ ...base, name, dimensions: commonDimensions, over: { dimension, values }, statistic, label: '' }),
  };
}

/** A metric that AWS itself writes. */
export function aws(namespace: `AWS/${string}`, name: string, dimensions: Readonly<Record<string, string>>, statistic: string, label: string): MetricSource {
  return { kind: 'metric', namespace, name, dimensions, statistic, label };
}

/** The same for each value of a dimension. */
export function awsBy(namespace: `AWS/${string}`, name: string, dimension: string, values: readonly DimensionValue[], statistic: string): MetricSource {
  return { kind: 'metric', namespace, name, dimensions: {}, over: { dimension, values }, statistic, label: '' };
}

/** What share, in per cent, the first is of the sum of all; none where there is nothing. */
export function share(label: string, part: MetricSource, ...others: readonly MetricSource[]): MathSource {
  const using = Object.fromEntries([part, ...others].map((source, index) => [`m${index}`, source]));
  const sum = Object.keys(using).map((id) => `FILL(${id}, 0)`).join(' + ');
  return { kind: 'math', expression: `100 * FILL(m0, 0) / (${sum})`, using, label };
}

/** What is worked out of the deployment's metrics elsewhere. */
export function calculated(deployment: string, label: string, { expression, metrics }: Calculation): MathSource {
  const namespace = metricNamespace(deployment);
  const using = Object.fromEntries(Object.entries(metrics).map(([id, { metric, dimensions, statistic }]) => [
    id, { kind: 'metric', namespace, name: metric, dimensions: { ...commonDimensions, ...dimensions }, statistic, label: id } as const,
  ]));
  return { kind: 'math', expression, using, label };
}
