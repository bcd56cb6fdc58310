import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  StartExecutionCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { InternalError } from '../../../core/errors/orchestrator-error.ts';
import type { Executions, ExecutionStart } from '../../../core/ports/executions.ts';

/**
 * Executions of the published lifecycle: `machineArn` is an alias, so that an execution keeps the version it began with.
 * Needs `states:StartExecution` on the machine and its alias, and `states:DescribeExecution` on its executions.
 */
export class SfnExecutions implements Executions {
  readonly #sfn: SFNClient;
  readonly #aliasArn: string;

  constructor(sfn: SFNClient, aliasArn: string) {
    this.#sfn = sfn;
    this.#aliasArn = aliasArn;
  }

  async start(start: ExecutionStart): Promise<{ readonly executionArn: string }> {
    const name = executionName(start);
    const input = JSON.stringify({ jobId: start.jobId, attempt: start.attempt, from: start.from });
    try {
      const started = await this.#sfn.send(new StartExecutionCommand({ stateMachineArn: this.#aliasArn, name, input }));
      if (started.executionArn === undefined) throw new InternalError('StartExecution answered no ARN.', { name });
      return { executionArn: started.executionArn };
    } catch (error) {
      if (error instanceof ExecutionAlreadyExists) return { executionArn: executionArn(this.#aliasArn, name) };
      throw error;
    }
  }

  async status(arn: string): Promise<'running' | 'succeeded' | 'failed' | 'unknown'> {
    try {
      const { status } = await this.#sfn.send(new DescribeExecutionCommand({ executionArn: arn }));
      if (status === 'RUNNING' || status === 'PENDING_REDRIVE') return 'running';
      return status === 'SUCCEEDED' ? 'succeeded' : 'failed';
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return 'unknown';
      throw error;
    }
  }
}

/** Names are unique for 90 days in Step Functions; a job's id never comes twice. */
function executionName({ jobId, attempt, from, generation }: ExecutionStart): string {
  return generation === 0 ? `${jobId}-${attempt}` : `${jobId}-${attempt}-${from}-${generation}`;
}

/** `arn:…:stateMachine:NAME:ALIAS` → `arn:…:execution:NAME:EXECUTION`. */
function executionArn(aliasArn: string, name: string): string {
  const [arn, partition, service, region, account, , machine] = aliasArn.split(':');
  return [arn, partition, service, region, account, 'execution', machine, name].join(':');
}
