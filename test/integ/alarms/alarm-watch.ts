import {
  CloudWatchClient, GetMetricStatisticsCommand, paginateDescribeAlarms, PutMetricDataCommand, type CompositeAlarm, type Metric, type MetricAlarm, type MetricDatum,
} from '@aws-sdk/client-cloudwatch';
import type { SharedCloud } from '../cloud/shared-cloud.ts';

/** An alarm that tells somebody, with the metric alarms that it is made of: itself, unless it is composed. */
export interface DeployedAlarm {
  /** Its name without the deployment and its severity, which come before. */
  readonly id: string;
  readonly name: string;
  readonly severity: string;
  readonly topicArns: readonly string[];
  readonly parts: readonly MetricAlarm[];
}

type States = Readonly<Record<string, string>>;

/** The alarms of the deployed account, and the clock that they are evaluated by. */
export class AlarmWatch {
  readonly #cloud: SharedCloud;
  readonly #cloudWatch: CloudWatchClient;

  constructor(cloud: SharedCloud) {
    this.#cloud = cloud;
    this.#cloudWatch = new CloudWatchClient(cloud.account.client);
  }

  /** All that tell somebody. Their parts, which tell nobody, are in them. */
  async alarms(): Promise<readonly DeployedAlarm[]> {
    const metric: MetricAlarm[] = [];
    const composite: CompositeAlarm[] = [];
    for await (const page of paginateDescribeAlarms({ client: this.#cloudWatch }, { AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] })) {
      metric.push(...(page.MetricAlarms ?? []));
      composite.push(...(page.CompositeAlarms ?? []));
    }
    const told = [...metric, ...composite].filter(({ AlarmActions: actions = [] }) => actions.length > 0);
    return told.map((alarm) => deployed(alarm, 'AlarmRule' in alarm ? metric.filter(({ AlarmName: name }) => alarm.AlarmRule?.includes(`:${name}"`)) : [alarm]));
  }

  /** Evaluates all alarms as of a moment, and leaves them so. */
  async evaluate(at: Date): Promise<States> {
    return this.#evaluate({ at });
  }

  /** Evaluates all alarms as of now, and lets time go on. What these alarms look at is forgotten. */
  async resume(forgotten: readonly DeployedAlarm[]): Promise<States> {
    return this.#evaluate({ forget: forgotten.flatMap(({ parts }) => parts.map(({ AlarmName: name }) => name)) });
  }

  /** Writes values of a metric at a moment. */
  async write({ Namespace, MetricName, Dimensions }: Metric, values: readonly number[], at: Date): Promise<void> {
    const datum: MetricDatum = { MetricName, Dimensions, Timestamp: at, Values: [...values] };
    await this.#cloudWatch.send(new PutMetricDataCommand({ Namespace, MetricData: [datum] }));
  }

  /**
   * Writes on what was last written since a moment, in each period that the alarm wants and that has not been yet.
   *
   * @returns when the last of these is over
   */
  async goOn({ parts: [part = {}] }: DeployedAlarm, since: Date): Promise<Date> {
    const { EvaluationPeriods: periods = 1 } = part;
    const [{ metric, periodMs } = { metric: {}, periodMs: 0 }] = metricsOf(part);
    const after = (count: number): Date => new Date(since.getTime() + count * periodMs);
    const { Datapoints: points = [] } = await this.#cloudWatch.send(new GetMetricStatisticsCommand({
      Namespace: metric.Namespace, MetricName: metric.MetricName, Dimensions: metric.Dimensions ?? [], StartTime: since, EndTime: after(1), Period: periodMs / 1000, Statistics: ['Minimum'],
    }));
    const [least] = points.map(({ Minimum: minimum = 0 }) => minimum).toSorted((a, b) => a - b);
    if (least !== undefined) for (let each = 1; each < periods; each += 1) await this.write(metric, [least], after(each + 0.5));
    return after(periods);
  }

  async #evaluate(request: object): Promise<States> {
    const answer = await fetch(`${this.#cloud.endpoint}/_local/alarms/evaluate`, { method: 'POST', body: JSON.stringify(request) });
    if (!answer.ok) throw new Error(`Alarms were not evaluated: ${await answer.text()}`);
    return ((await answer.json()) as { readonly states: States }).states;
  }
}

/** The metrics that an alarm looks at, with how it does. */
export function metricsOf(alarm: MetricAlarm): readonly { readonly metric: Metric; readonly periodMs: number; readonly statistic: string }[] {
  const { Namespace, MetricName, Dimensions, Period = 0, Statistic: statistic = '', Metrics: queries = [] } = alarm;
  if (MetricName !== undefined) return [{ metric: { Namespace, MetricName, Dimensions }, periodMs: Period * 1000, statistic }];
  return queries.flatMap(({ MetricStat: stat }) => stat?.Metric === undefined ? []
    : [{ metric: stat.Metric, periodMs: (stat.Period ?? 0) * 1000, statistic: stat.Stat ?? '' }]);
}

function deployed({ AlarmName: name = '', AlarmActions: topicArns = [] }: MetricAlarm | CompositeAlarm, parts: readonly MetricAlarm[]): DeployedAlarm {
  const [, severity = '', id = name] = /-(wake|look|know)-(.*)$/.exec(name) ?? [];
  return { id, name, severity, topicArns, parts };
}
