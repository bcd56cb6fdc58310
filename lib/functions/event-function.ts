import { Duration } from 'aws-cdk-lib';
import { Rule, type EventPattern, type Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Alarms } from '../observability/alarms.ts';
import type { Severity } from '../observability/severity.ts';
import { deadLetterQueue } from './dead-letter-queue.ts';
import { OrchestratorFunction, type OrchestratorFunctionProps } from './orchestrator-function.ts';

export interface EventFunctionProps extends Omit<OrchestratorFunctionProps, 'onFailure' | 'deadLetterQueue'> {
  readonly alarms: Alarms;
  /** What an event that it could not take asks of a person. */
  readonly deadLetters: Severity;
}

/**
 * A function that is invoked by events and has no caller that would hear of a failure: what it cannot take after two
 * retries goes to a dead-letter queue of its own, which has an alarm.
 */
export class EventFunction extends OrchestratorFunction {
  /** What could not be delivered, or was and failed. */
  readonly failures: Queue;
  private readonly area: Construct;

  constructor(scope: Construct, id: string, props: EventFunctionProps) {
    const { alarms, deadLetters, ...rest } = props;
    const failures = deadLetterQueue(scope, `${id}Failures`);
    super(scope, id, { retryAttempts: 2, maxEventAge: Duration.hours(1), ...rest, onFailure: new SqsDestination(failures) });
    this.area = scope;
    this.failures = failures;
    alarms.deadLetters(this.handlerName, failures, deadLetters);
  }

  /** Invokes the function at a schedule. */
  at(id: string, schedule: Schedule): Rule {
    return new Rule(this.area, id, { schedule, targets: [this.target()] });
  }

  /** Invokes the function for events of the account's default bus. */
  on(id: string, eventPattern: EventPattern): Rule {
    return new Rule(this.area, id, { eventPattern, targets: [this.target()] });
  }

  private target(): LambdaFunction {
    return new LambdaFunction(this, { deadLetterQueue: this.failures, retryAttempts: 2, maxEventAge: Duration.hours(1) });
  }
}
