import { any, Table } from 'dynamodb-toolbox';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { tableLayout } from '../../../core/queue/table-layout.ts';

/** An attribute of a type of the core, stored as it stands. The stores' signatures hold schema and core together. */
export const as = <T>() => any().castAs<T>();

/**
 * For `satisfies`: all attributes of a type of the core, and no others. An attribute that a schema does not know is
 * dropped without a word; this makes it a compile error.
 */
export type AttributesOf<T> = Readonly<Record<keyof T, unknown>>;

/** Neither an entity's name nor the library's own timestamps are stored: keys tell items apart, and times are the caller's. */
export const bare = { entityAttribute: false, timestamps: false } as const;

const { jobs, active } = tableLayout.indexes;

/** The table as dynamodb-toolbox knows it. */
export function toolboxTable(name: string, documentClient: DynamoDBDocumentClient) {
  return new Table({
    name,
    documentClient,
    partitionKey: { name: tableLayout.partitionKey, type: 'string' },
    sortKey: { name: tableLayout.sortKey, type: 'string' },
    indexes: {
      [jobs.name]: { type: 'global', partitionKey: { name: jobs.partitionKey, type: 'string' }, sortKey: { name: jobs.sortKey, type: 'string' } },
      [active.name]: { type: 'global', partitionKey: { name: active.partitionKey, type: 'string' }, sortKey: { name: active.sortKey, type: 'string' } },
    },
  });
}

export type ToolboxTable = ReturnType<typeof toolboxTable>;
