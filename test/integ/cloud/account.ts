import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { administrator } from '../../../local/cdk.ts';
import { region } from '../../../local/environment-file.ts';

/** A key of the table with the attributes that tests look at. */
export interface TableItem {
  readonly pk: string;
  readonly sk: string;
  readonly [attribute: string]: unknown;
}

/** The account as its administrator sees it. */
export class Account {
  /** What every SDK client of the administrator needs. */
  readonly client: { readonly endpoint: string; readonly region: string; readonly credentials: typeof administrator };
  readonly #table: string;
  readonly #documents: DynamoDBDocumentClient;
  readonly #lambda: LambdaClient;

  constructor({ endpoint, outputs }: { readonly endpoint: string; readonly outputs: Readonly<Record<string, string>> }) {
    this.client = { endpoint, region, credentials: administrator };
    this.#table = outputs['TableName'] ?? '';
    this.#documents = DynamoDBDocumentClient.from(new DynamoDBClient(this.client));
    this.#lambda = new LambdaClient(this.client);
  }

  /** All items of the table whose partition key begins so. */
  async items(prefix = ''): Promise<readonly TableItem[]> {
    const found: TableItem[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const page = await this.#documents.send(new ScanCommand({
        TableName: this.#table, ConsistentRead: true, ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      }));
      found.push(...(page.Items ?? []).map((item) => item as TableItem));
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    return found.filter(({ pk }) => pk.startsWith(prefix));
  }

  /** Name of the one deployed function whose name contains `part`, such as `EventsReconcile`. */
  async functionName(part: string): Promise<string> {
    const names: string[] = [];
    let marker: string | undefined;
    do {
      const page = await this.#lambda.send(new ListFunctionsCommand(marker === undefined ? {} : { Marker: marker }));
      names.push(...(page.Functions ?? []).map(({ FunctionName: name = '' }) => name));
      marker = page.NextMarker;
    } while (marker !== undefined);
    const [name, ...others] = names.filter((candidate) => candidate.includes(part));
    if (name === undefined || others.length > 0) throw new Error(`${others.length === 0 ? 'No' : 'More than one'} function is named …${part}…: ${names.join(', ')}`);
    return name;
  }

  /**
   * Invokes a function and waits for its answer.
   *
   * @throws with what the function said when it fails.
   */
  async invoke(part: string, event: object = {}): Promise<unknown> {
    const { FunctionError: failure, Payload: payload } = await this.#lambda.send(new InvokeCommand({
      FunctionName: await this.functionName(part), Payload: JSON.stringify(event),
    }));
    const answer = payload?.transformToString() ?? '';
    if (failure !== undefined) throw new Error(`${part} failed: ${answer}`);
    return answer === '' ? undefined : JSON.parse(answer);
  }

  /** Has the reconciler make its pass now instead of within the minute. */
  async reconcile(): Promise<void> {
    await this.invoke('EventsReconcile');
  }
}
