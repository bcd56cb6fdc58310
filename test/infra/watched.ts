import { ofType, type synthesize } from './synthesize.ts';

type Properties = Readonly<Record<string, unknown>>;
type Synthesized = Pick<ReturnType<typeof synthesize>, 'observability'>;

/** A metric that an alarm reads, by itself or in an expression. */
export interface ReadMetric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: unknown }[];
  readonly Period: number;
  readonly Stat: string;
}

/** An entry of an alarm's `Metrics`. */
interface MetricQuery {
  readonly Id: string;
  readonly Expression?: string;
  readonly ReturnData?: boolean;
  readonly MetricStat?: { readonly Metric: Pick<ReadMetric, 'Namespace' | 'MetricName' | 'Dimensions'>; readonly Period: number; readonly Stat: string };
}

/** Alarms of a deployment as its template has them. */
export interface Watched {
  readonly metricAlarms: readonly Properties[];
  readonly composites: readonly Properties[];
  /** Those that tell somebody. */
  readonly told: readonly Properties[];
  /** Those that others are composed of. */
  readonly parts: readonly Properties[];
}

/** What watches a deployment. */
export function watched({ observability: { resources } }: Synthesized): Watched {
  const of = (type: string) => ofType(resources, type).map(([, { Properties }]) => Properties);
  const metricAlarms = of('AWS::CloudWatch::Alarm');
  const composites = of('AWS::CloudWatch::CompositeAlarm');
  const [parts, plain] = [true, false].map((part) => metricAlarms.filter((alarm) => /-part-/.test(String(alarm['AlarmName'])) === part));
  return { metricAlarms, composites, told: [...plain ?? [], ...composites], parts: parts ?? [] };
}

/** The expression of an alarm on arithmetic. */
export function expressionOf(alarm: Properties): string | undefined {
  return queriesOf(alarm).find(({ Expression }) => Expression !== undefined)?.Expression;
}

/** What an alarm reads, by the names of its expression; its only metric as `value`. */
export function metricsOf(alarm: Properties): Readonly<Record<string, ReadMetric>> {
  if (alarm['Metrics'] === undefined) {
    const stat = alarm['Statistic'] ?? alarm['ExtendedStatistic'];
    return { value: { ...(alarm as unknown as ReadMetric), Dimensions: (alarm as unknown as ReadMetric).Dimensions ?? [], Stat: String(stat) } };
  }
  return Object.fromEntries(queriesOf(alarm).flatMap(({ Id, MetricStat }) =>
    (MetricStat === undefined ? [] : [[Id, { ...MetricStat.Metric, Dimensions: MetricStat.Metric.Dimensions, Period: MetricStat.Period, Stat: MetricStat.Stat }]])));
}

function queriesOf(alarm: Properties): readonly MetricQuery[] {
  return (alarm['Metrics'] ?? []) as readonly MetricQuery[];
}
