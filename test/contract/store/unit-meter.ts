import { isDeepStrictEqual } from 'node:util';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { tableLayout } from '../../../core/queue/table-layout.ts';
import { itemSize, type Item } from './item-size.ts';

/** What a command cost. */
export interface Charge {
  readonly command: string;
  /** Sort key of the first item it touched, or the partition it looked into: what it was about. */
  readonly about: string;
  /** Who sent it, where the meter's maker can tell. */
  readonly origin: string;
  readonly writeUnits: number;
  readonly readUnits: number;
}

/** The parts of inputs and outputs that are looked at. */
interface Request {
  readonly TableName?: string;
  readonly Key?: Item;
  readonly Item?: Item;
  readonly ConsistentRead?: boolean;
  readonly ExpressionAttributeValues?: Item;
  readonly TransactItems?: readonly { readonly Put?: Request; readonly Update?: Request; readonly Delete?: Request; readonly ConditionCheck?: Request }[];
  readonly RequestItems?: Readonly<Record<string, readonly { readonly PutRequest?: Request; readonly DeleteRequest?: Request }[]>>;
}

interface Answer {
  readonly Item?: Item;
  readonly Items?: readonly Item[];
}

/** A write of one item; a transaction's counts twice. */
interface Touch {
  readonly table: string;
  readonly key: Record<string, unknown>;
  readonly factor: 1 | 2;
}

const NAME = 'unitMeter';
const indexes = Object.values(tableLayout.indexes);

const kib = (bytes: number, step: number): number => Math.max(1, Math.ceil(bytes / (step * 1_024)));
const size = (item: Item | undefined): number => (item === undefined ? 0 : itemSize(item));

/** What of an item stands in an index: nothing, its keys, or all. */
function projected(item: Item | undefined, { partitionKey, projection }: (typeof indexes)[number]): Item | undefined {
  if (item?.[partitionKey] === undefined) return undefined;
  return projection === 'ALL' ? item : { pk: item['pk'], sk: item['sk'], [partitionKey]: item[partitionKey] };
}

/** Units of a write of one item, and of the indexes in which something changes by it. */
export function writeUnits(before: Item | undefined, after: Item | undefined, factor: 1 | 2): number {
  return indexes.reduce((sum, index) => {
    const [was, is] = [projected(before, index), projected(after, index)];
    return sum + (isDeepStrictEqual(was, is) ? 0 : kib(Math.max(size(was), size(is)), 1));
  }, factor * kib(Math.max(size(before), size(after)), 1));
}

/** Units of a read; half where it need not be consistent. */
function readUnits({ ConsistentRead = false }: Request, { Item: one, Items = [] }: Answer): number {
  const bytes = [...(one === undefined ? [] : [one]), ...Items].reduce((sum, item) => sum + itemSize(item), 0);
  return kib(bytes, 4) * (ConsistentRead ? 1 : 0.5);
}

/**
 * Counts capacity units from the sizes of the items that commands of `client` touch, by DynamoDB's published rules: what
 * a local DynamoDB says it consumed is not to be relied on. `observer` looks at the items and is not counted.
 */
export class UnitMeter {
  readonly charges: Charge[] = [];
  readonly #client: DynamoDBClient;
  readonly #observer: DynamoDBDocumentClient;

  constructor(client: DynamoDBClient, observer: DynamoDBClient, origin: () => string = () => '') {
    this.#client = client;
    this.#observer = DynamoDBDocumentClient.from(observer, { unmarshallOptions: { wrapNumbers: Number } });
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const command = String(context['commandName']);
        const request = args.input as Request;
        const touches = touchesOf(command, request);
        const before = await this.#read(touches);
        const result = await next(args);
        const after = await this.#read(touches);
        this.charges.push({
          command,
          about: aboutOf(touches, request),
          origin: origin(),
          writeUnits: touches.reduce((sum, { factor }, i) => sum + writeUnits(before[i], after[i], factor), 0),
          readUnits: touches.length > 0 ? 0 : readUnits(request, result.output as Answer),
        });
        return result;
      },
      // Outside of what marshals: items are plain values here.
      { step: 'serialize', name: NAME, priority: 'high' },
    );
  }

  /** All since the meter was made. */
  total(): { readonly writes: number; readonly reads: number } {
    return this.charges.reduce((sum, charge) => ({ writes: sum.writes + charge.writeUnits, reads: sum.reads + charge.readUnits }), { writes: 0, reads: 0 });
  }

  /** Takes the meter off its client. */
  stop(): void {
    this.#client.middlewareStack.remove(NAME);
  }

  #read(touches: readonly Touch[]): Promise<readonly (Item | undefined)[]> {
    return Promise.all(
      touches.map(async ({ table, key }) => {
        const { Item: found } = await this.#observer.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }));
        return found;
      }),
    );
  }
}

function aboutOf([first]: readonly Touch[], { Key, ExpressionAttributeValues = {} }: Request): string {
  const about = (first?.key ?? Key)?.['sk'] ?? Object.values(ExpressionAttributeValues)[0];
  return typeof about === 'string' ? about : '';
}

function touchesOf(command: string, request: Request): readonly Touch[] {
  const { TransactItems, RequestItems, TableName = '' } = request;
  if (TransactItems !== undefined) {
    return TransactItems.flatMap(({ Put, Update, Delete, ConditionCheck }) => touch(Put ?? Update ?? Delete ?? ConditionCheck, 2));
  }
  if (RequestItems !== undefined) {
    return Object.entries(RequestItems).flatMap(([table, items]) =>
      items.flatMap(({ PutRequest, DeleteRequest }) => touch({ ...(PutRequest ?? DeleteRequest), TableName: table }, 1)),
    );
  }
  return ['PutItemCommand', 'UpdateItemCommand', 'DeleteItemCommand'].includes(command) ? touch({ ...request, TableName }, 1) : [];
}

function touch(request: Request | undefined, factor: 1 | 2): readonly Touch[] {
  const { pk, sk } = request?.Key ?? request?.Item ?? {};
  if (request?.TableName === undefined || pk === undefined || sk === undefined) return [];
  return [{ table: request.TableName, key: { pk, sk }, factor }];
}
