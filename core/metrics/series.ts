import { bounds, metricCatalogue, type MetricName } from './catalogue.ts';

/** What CloudWatch takes for a metric and month, of the first ten thousand: https://aws.amazon.com/cloudwatch/pricing/, us-east-1. */
export const USD_PER_SERIES = 0.3;

export const metricNames: readonly MetricName[] = Object.keys(metricCatalogue).filter((name): name is MetricName => name in metricCatalogue);

/** How many sets of dimensions a metric has at most: CloudWatch bills each as a metric of its own, in months in which it has values. */
export function mostSeries(name: MetricName): number {
  return metricCatalogue[name].dimensions.reduce((product, dimension) => product * bounds[dimension].values, 1);
}

/** Of all metrics together. */
export function mostSeriesInAll(): number {
  return metricNames.reduce((sum, name) => sum + mostSeries(name), 0);
}
