import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { allowCatalogue, allowDescriptions, allowGroupRemoval, allowLaunches, allowStatusChecks, allowTerminations } from '../capacity/launch-permissions.ts';
import { EventFunction } from '../functions/event-function.ts';
import type { JobLifecycleProps } from './job-lifecycle.ts';

const ended = ['Success', 'Failed', 'TimedOut', 'Cancelled'];

export type LifecycleEventsProps = Omit<JobLifecycleProps, 'sourceRoot'>;

/** What tells the lifecycle that something happened: SSM, EC2, and a reconciler that trusts neither. */
export class LifecycleEvents extends Construct {
  readonly reconciler: EventFunction;
  readonly listeners: readonly EventFunction[];

  constructor(scope: Construct, id: string, props: LifecycleEventsProps) {
    super(scope, id);
    const { settings, alarms } = props;
    const onCommand = new EventFunction(this, 'OnCommandFinished', {
      settings, alarms, deadLetters: 'know', handlerName: 'lifecycle/on-command-finished', timeout: Duration.minutes(1),
    });
    onCommand.on('CommandFinished', {
      source: ['aws.ssm'],
      detailType: ['EC2 Command Status-change Notification'],
      detail: { 'document-name': [props.nodes.document.ref], status: ended },
    });
    const onInstance = new EventFunction(this, 'OnInstanceEvent', {
      settings, alarms, deadLetters: 'know', handlerName: 'lifecycle/on-instance-event', timeout: Duration.minutes(1),
    });
    // EC2's events say nothing of tags: those of other instances in the account are dropped by the function.
    onInstance.on('SpotNotice', {
      source: ['aws.ec2'],
      detailType: ['EC2 Spot Instance Interruption Warning', 'EC2 Instance Rebalance Recommendation'],
    });
    // Of instances that end, what comes first is enough: what is missed here the reconciler sees.
    onInstance.on('InstanceGone', {
      source: ['aws.ec2'],
      detailType: ['EC2 Instance State-change Notification'],
      detail: { state: ['shutting-down', 'stopping', 'stopped'] },
    });
    this.reconciler = new EventFunction(this, 'Reconcile', {
      settings, alarms, deadLetters: 'wake', handlerName: 'lifecycle/reconcile', timeout: Duration.minutes(5), memorySize: 1024,
    });
    this.reconciler.at('EachMinute', Schedule.rate(Duration.minutes(1)));
    this.listeners = [onCommand, onInstance, this.reconciler];
    this.grant(props, [onCommand, this.reconciler]);
    allowDescriptions(onInstance);
    alarms.whenSilent('ReconcilerSilent', this.reconciler, {
      severity: 'wake', description: 'The reconciler is not invoked: deadlines pass and orphans stay.', section: 'reconciler-silent',
    });
  }

  private grant({ settings: { configuration }, queue, nodes, address }: LifecycleEventsProps, stepping: EventFunction[]): void {
    for (const listener of this.listeners) {
      queue.allowReads(listener);
      queue.allowWrites(listener);
      address.allowAnswers(listener);
    }
    // A step that has ended may have to be sent again.
    for (const listener of stepping) {
      nodes.allowCommands(listener);
      nodes.allowStepPayloads(listener);
    }
    // Releasing an attempt settles launches whose answer was lost, see the capacity adapter.
    allowLaunches(this.reconciler, configuration, nodes);
    allowCatalogue(this.reconciler);
    allowDescriptions(this.reconciler);
    allowStatusChecks(this.reconciler);
    allowTerminations(this.reconciler, configuration);
    allowGroupRemoval(this.reconciler, configuration);
    queue.allowScans(this.reconciler);
    address.allowStarts(this.reconciler);
    address.allowStatus(this.reconciler);
  }
}
