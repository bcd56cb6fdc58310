import { Duration } from 'aws-cdk-lib';
import { Alarm, AlarmRule, AlarmState, ComparisonOperator, CompositeAlarm, TreatMissingData, type AlarmBase, type IMetric, type MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { alarmTopics, type AlarmTopicsProps } from './alarm-topics.ts';
import type { Severity } from './severity.ts';

const period = Duration.minutes(5);

/** What an alarm asks for, and where its runbook is. */
interface Told {
  readonly severity: Severity;
  /** What happened, as a person on call wants to read it. */
  readonly description: string;
  /** Anchor of the section in `docs/runbook/README.md`. */
  readonly section: string;
}

/** When an alarm rings. */
export interface AlarmTerms extends Told {
  /** Rings at this value or beyond. */
  readonly threshold: number;
  /** For so many of the metric's periods in a row. */
  readonly evaluationPeriods?: number;
}

/** A condition that has to hold in a window of time. */
interface Window {
  readonly metric: MathExpression;
  readonly minutes: number;
}

type Comparison = Pick<ConstructorParameters<typeof Alarm>[2], 'comparisonOperator' | 'treatMissingData'>;

const reached: Comparison = {
  comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD, treatMissingData: TreatMissingData.NOT_BREACHING,
};
const silent: Comparison = { comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD, treatMissingData: TreatMissingData.BREACHING };

/**
 * The deployment's alarms. Each tells the topic of its severity that it rings and that it is over, has the severity in its
 * name and its words, since that is what a message shows first, and names the section of the runbook that it asks for.
 */
export class Alarms extends Construct {
  readonly topics: Readonly<Record<Severity, ITopic>>;
  /** Those that tell somebody, without what they are composed of. */
  readonly all: AlarmBase[] = [];
  private readonly deployment: string;
  private readonly runbook: string;

  constructor(scope: Construct, id: string, props: AlarmTopicsProps) {
    super(scope, id);
    this.deployment = props.configuration.name;
    this.runbook = props.configuration.alarms.runbookUrl ?? 'docs/runbook/README.md';
    this.topics = alarmTopics(this, props);
  }

  /** Rings when a metric reaches the threshold; silence is good news. */
  when(id: string, metric: IMetric, terms: AlarmTerms): Alarm {
    return this.alarm(id, metric, terms, reached);
  }

  /** Rings when a value reaches the threshold in each of the windows at once. */
  whenAll(id: string, windows: readonly Window[], terms: AlarmTerms): CompositeAlarm {
    const parts = windows.map(({ metric, minutes }) => this.part(`${id}In${minutes}Minutes`, metric, terms));
    return this.told(terms, new CompositeAlarm(this, id, {
      compositeAlarmName: this.nameOf(terms.severity, id),
      alarmDescription: this.words(terms),
      alarmRule: AlarmRule.allOf(...parts.map((part) => AlarmRule.fromAlarm(part, AlarmState.ALARM))),
    }));
  }

  /** Rings when a function that should run every minute was not invoked for a quarter of an hour. */
  whenSilent(id: string, heartbeat: IFunction, terms: Omit<AlarmTerms, 'threshold'>): Alarm {
    const invocations = heartbeat.metricInvocations({ period, statistic: 'Sum' });
    return this.alarm(id, invocations, { evaluationPeriods: 3, ...terms, threshold: 1 }, silent);
  }

  /** Rings when there is a message in a dead-letter queue. */
  deadLetters(handlerName: string, queue: IQueue, severity: Severity): Alarm {
    const waiting = queue.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' });
    return this.when(`DeadLetters-${handlerName.replace('/', '-')}`, waiting, {
      severity,
      description: `Events that ${handlerName} could not take wait in ${queue.node.id}.`,
      section: 'dead-letters',
      threshold: 1,
    });
  }

  private alarm(id: string, metric: IMetric, terms: AlarmTerms, comparison: Comparison): Alarm {
    return this.told(terms, this.untold(id, this.nameOf(terms.severity, id), metric, terms, comparison));
  }

  /** One that tells nobody: another is composed of it. */
  private part(id: string, metric: IMetric, terms: AlarmTerms): Alarm {
    return this.untold(id, this.nameOf('part', id), metric, terms, reached);
  }

  private untold(id: string, alarmName: string, metric: IMetric, terms: AlarmTerms, comparison: Comparison): Alarm {
    const { threshold, evaluationPeriods = 1 } = terms;
    return new Alarm(this, id, { alarmName, metric, threshold, evaluationPeriods, alarmDescription: this.words(terms), ...comparison });
  }

  private told<Made extends AlarmBase>({ severity }: Told, alarm: Made): Made {
    const action = new SnsAction(this.topics[severity]);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    this.all.push(alarm);
    return alarm;
  }

  private nameOf(kind: Severity | 'part', id: string): string {
    return `${this.deployment}-${kind}-${id}`;
  }

  private words({ severity, description, section }: Told): string {
    return `${severity}: ${description} Runbook: ${this.runbook}#${section}`;
  }
}
