import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { OrchestratorFunction } from '../functions/orchestrator-function.ts';

const aliasName = 'live';

/**
 * Where the state machine will be. It is known before the machine exists, because the machine names functions whose
 * environment names the machine.
 */
export class LifecycleAddress {
  readonly machineName: string;
  readonly aliasName = aliasName;
  /** ARN of the alias: executions start from the version that it points to. */
  readonly aliasArn: string;
  private readonly machineArn: string;
  private readonly executionArns: string;

  constructor(scope: Construct, deployment: string) {
    this.machineName = `${deployment}-job-lifecycle`;
    const arn = (resource: string, resourceName: string) => Stack.of(scope).formatArn({
      service: 'states', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.machineArn = arn('stateMachine', this.machineName);
    this.aliasArn = `${this.machineArn}:${aliasName}`;
    this.executionArns = arn('execution', `${this.machineName}:*`);
  }

  /** Starting executions from the published version. */
  allowStarts(starter: OrchestratorFunction): void {
    starter.allow(['states:StartExecution'], [this.aliasArn]);
  }

  /** Answering the tokens of tasks, whichever version of the machine their execution runs. */
  allowAnswers(answerer: OrchestratorFunction): void {
    answerer.allow(['states:SendTaskSuccess'], [this.machineArn, `${this.machineArn}:*`]);
  }

  /** Asking whether an execution lives. */
  allowStatus(reader: OrchestratorFunction): void {
    reader.allow(['states:DescribeExecution'], [this.executionArns]);
  }
}
