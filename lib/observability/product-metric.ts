import { Metric, type MetricProps } from 'aws-cdk-lib/aws-cloudwatch';
import { commonDimensions, metricNamespace } from '../../core/metrics/catalogue.ts';
import type { CountedMetric } from './slo.ts';

/** A metric that the product writes, as CloudWatch has it. */
export function productMetric(deployment: string, { metric, dimensions }: CountedMetric, how: Required<Pick<MetricProps, 'statistic' | 'period'>>): Metric {
  return new Metric({ namespace: metricNamespace(deployment), metricName: metric, dimensionsMap: { ...commonDimensions, ...dimensions }, ...how });
}
