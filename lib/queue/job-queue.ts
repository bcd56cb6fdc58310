import { Duration } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { Schedule, type EventBus } from 'aws-cdk-lib/aws-events';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { auditPartition, cyclePartition, eventSortPrefix, jobPrefix, pauseSortPrefix, queuePrefix, releaseSortPrefix, sharesSortKey, wakeSortKey } from '../../core/queue/stream-keys.ts';
import type { DeploymentConfiguration } from '../configuration/schema.ts';
import { EventFunction } from '../functions/event-function.ts';
import type { FunctionSettings } from '../functions/orchestrator-function.ts';
import type { LifecycleAddress } from '../lifecycle/lifecycle-address.ts';
import type { Alarms } from '../observability/alarms.ts';
import type { QueueTable } from './queue-table.ts';

/** A scheduler that finds work goes on for as long as it may, and looks at the table anew in each cycle: the stream waits. */
const schedulerTimeout = Duration.minutes(5);
/** Later than a reader should be, with what it may need for one batch. */
const late = { scheduler: schedulerTimeout.plus(Duration.minutes(1)), publisher: Duration.minutes(1) } as const;

export interface JobQueueProps {
  readonly settings: FunctionSettings;
  readonly alarms: Alarms;
  readonly queue: QueueTable;
  readonly bus: EventBus;
  readonly lifecycle: LifecycleAddress;
}

/** What the table's stream wakes: the scheduler that starts jobs, and the publisher of what happens to them. */
export class JobQueue extends Construct {
  readonly scheduler: EventFunction;
  readonly publisher: EventFunction;

  constructor(scope: Construct, id: string, props: JobQueueProps) {
    super(scope, id);
    this.scheduler = this.makeScheduler(props);
    this.publisher = this.makePublisher(props);
    this.watch(props.alarms);
  }

  private makeScheduler({ settings, alarms, queue, lifecycle }: JobQueueProps): EventFunction {
    const scheduler = new EventFunction(this, 'ScheduleJobs', {
      settings, alarms, deadLetters: 'wake', handlerName: 'queue/schedule-jobs', timeout: schedulerTimeout, memorySize: 1024,
    });
    queue.allowReads(scheduler);
    queue.allowScans(scheduler);
    queue.allowWrites(scheduler);
    lifecycle.allowStarts(scheduler);
    lifecycle.allowAnswers(scheduler);
    scheduler.addEventSource(streamOf(queue.table as ITable, scheduler, [
      records(['INSERT'], { pk: FilterRule.beginsWith(queuePrefix) }),
      records(['INSERT'], { pk: FilterRule.isEqual(cyclePartition), sk: FilterRule.beginsWith(releaseSortPrefix) }),
      // Whose time is over wakes the next. What operators do is seen at once: shares applied, and what is held back no longer.
      records(['INSERT', 'MODIFY'], { pk: FilterRule.isEqual(cyclePartition), sk: FilterRule.or(wakeSortKey, sharesSortKey) }),
      records(['REMOVE'], { pk: FilterRule.isEqual(cyclePartition), sk: FilterRule.beginsWith(pauseSortPrefix) }),
    ]));
    scheduler.at('EachMinuteSchedule', Schedule.rate(Duration.minutes(1)));
    return scheduler;
  }

  private makePublisher({ settings, alarms, queue, bus }: JobQueueProps): EventFunction {
    const publisher = new EventFunction(this, 'PublishEvents', { settings, alarms, deadLetters: 'look', handlerName: 'queue/publish-events' });
    publisher.allow(['events:PutEvents'], [bus.eventBusArn]);
    queue.allowJobReads(publisher);
    if (exportsToCloudWatch(settings.configuration.telemetry)) publisher.allow(['xray:PutSpans', 'xray:PutSpansForIndexing'], ['*']);
    publisher.addEventSource(streamOf(queue.table as ITable, publisher, [
      records(['INSERT'], { pk: FilterRule.beginsWith(jobPrefix), sk: FilterRule.beginsWith(eventSortPrefix) }),
      records(['INSERT'], { pk: FilterRule.isEqual(auditPartition) }),
    ]));
    return publisher;
  }

  private watch(alarms: Alarms): void {
    alarms.whenSilent('SchedulerSilent', this.scheduler, {
      severity: 'wake', description: 'The scheduler is not invoked: no job starts.', section: 'scheduler-silent',
    });
    for (const [id, name] of [['SchedulerBehind', 'scheduler'], ['PublisherBehind', 'publisher']] as const) {
      const reader = this[name];
      const age = reader.metric('IteratorAge', { statistic: 'Maximum', period: Duration.minutes(5) });
      alarms.when(id, age, {
        severity: 'look',
        description: `${reader.handlerName} reads the table's stream with more than ${late[name].toHumanString()} of delay.`,
        section: 'stream-behind',
        threshold: late[name].toMilliseconds(),
        evaluationPeriods: 2,
      });
    }
  }
}

/** Another endpoint asks for no permission of AWS. */
const exportsToCloudWatch = ({ traces, otlpEndpoint }: DeploymentConfiguration['telemetry']): boolean => traces && otlpEndpoint === undefined;

/** Items that such things happen to, by their keys. */
function records(events: readonly ('INSERT' | 'MODIFY' | 'REMOVE')[], keys: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const Keys = Object.fromEntries(Object.entries(keys).map(([name, rule]) => [name, { S: rule }]));
  return FilterCriteria.filter({ eventName: FilterRule.or(...events), dynamodb: { Keys } });
}

function streamOf(table: ITable, reader: EventFunction, filters: Record<string, unknown>[]): DynamoEventSource {
  return new DynamoEventSource(table, {
    startingPosition: StartingPosition.TRIM_HORIZON,
    filters,
    batchSize: 500,
    maxBatchingWindow: Duration.seconds(1),
    retryAttempts: 5,
    bisectBatchOnError: true,
    reportBatchItemFailures: true,
    onFailure: new SqsDlq(reader.failures),
  });
}
