import { GetExecutionHistoryCommand, type HistoryEvent } from '@aws-sdk/client-sfn';
import { ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Job, JobEvent } from '../../../core/job/job.ts';
import { LocalAccount } from '../../../local/account.ts';

/** A key of the table with the attributes that tests look at. */
export interface TableItem {
  readonly pk: string;
  readonly sk: string;
  readonly [attribute: string]: unknown;
}

/** The account as its administrator sees it, and what tests do in it. */
export class Account extends LocalAccount {
  /** A job as it is stored. */
  async job(jobId: string): Promise<Pick<Job, 'state' | 'outcome' | 'reason' | 'attempt'> | undefined> {
    const [item] = await this.itemsOf(jobId, 'JOB');
    return item as Job | undefined;
  }

  /** A job's history as it is stored. */
  async eventsOf(jobId: string): Promise<readonly Pick<JobEvent, 'number' | 'type' | 'message' | 'from' | 'to'>[]> {
    return (await this.itemsOf(jobId, 'EVENT#')).map((item) => item as unknown as JobEvent);
  }

  /** All items of the table whose partition key begins so. */
  async items(prefix = ''): Promise<readonly TableItem[]> {
    const found: TableItem[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const page = await this.documents.send(new ScanCommand({
        TableName: this.table, ConsistentRead: true, ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      }));
      found.push(...(page.Items ?? []).map((item) => item as TableItem));
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    return found.filter(({ pk }) => pk.startsWith(prefix));
  }

  /**
   * Invokes a function and waits for its answer.
   *
   * @throws with what the function said when it fails.
   */
  async invoke(part: string, event: object = {}): Promise<unknown> {
    const { failed, said } = await this.run(part, event);
    if (failed) throw new Error(`${part} failed: ${said}`);
    return said === '' ? undefined : JSON.parse(said);
  }

  /** Has a job's record say that its configuration began so much earlier: nobody waits until its time to live is over. */
  async setBack(jobId: string, seconds: number): Promise<void> {
    await this.documents.send(new UpdateCommand({
      TableName: this.table, Key: { pk: `JOB#${jobId}`, sk: 'JOB' }, UpdateExpression: 'SET configuringAtMs = configuringAtMs - :ms', ExpressionAttributeValues: { ':ms': seconds * 1000 },
    }));
  }

  /** Has the reconciler make its pass now instead of within the minute. */
  async reconcile(): Promise<void> {
    await this.invoke('EventsReconcile');
  }

  /** States that the execution of a job's latest attempt has entered. */
  async statesOf(jobId: string): Promise<readonly string[]> {
    return (await this.executionHistory(jobId)).flatMap(({ stateEnteredEventDetails: entered }) => entered?.name ?? []);
  }

  /** All that the execution of a job's latest attempt has noted. */
  async executionHistory(jobId: string): Promise<readonly HistoryEvent[]> {
    const executionArn = await this.executionOf(jobId);
    const found: HistoryEvent[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.machines.send(new GetExecutionHistoryCommand({ executionArn, nextToken }));
      found.push(...(page.events ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return found;
  }
}
