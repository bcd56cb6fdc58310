import { Entity, item, number, string } from 'dynamodb-toolbox';
import type { EpochMs } from '../../../core/job/ids.ts';
import type { AuditEntry } from '../../../core/ports/share-store.ts';
import { auditPartition, sharesSortKey } from '../../../core/queue/stream-keys.ts';
import type { Pause } from '../../../core/queue/pause.ts';
import type { CurrentShares, WrittenShares } from '../../../core/shares/share-tree.ts';
import { partitions, sortPrefixes, type Key } from './keys.ts';
import { packed } from './packed.ts';
import { as, bare, type AttributesOf, type ToolboxTable } from './toolbox-table.ts';

/** Digits of a version in its key, since keys sort as text. */
const VERSION_DIGITS = 8;

/** What an operator sets: the share tree in its versions, pauses, and the record of both. */
export const shareKeys = {
  /** In the partition that each cycle of the scheduler reads. */
  current: { pk: partitions.cycle, sk: sharesSortKey },
  version: (version: number): Key => ({ pk: 'SHARES', sk: `VERSION#${String(version).padStart(VERSION_DIGITS, '0')}` }),
  /** Of the queue or a namespace, as `pauseTarget` names it. In the partition that each cycle of the scheduler reads. */
  pause: (target: string): Key => ({ pk: partitions.cycle, sk: `${sortPrefixes.pause}${target}` }),
  audit: (id: string): Key => ({ pk: auditPartition, sk: id }),
} as const;

/** Share trees are packed: names and settings repeat themselves, and the scheduler reads the current one all day. */
export function shareEntities(table: ToolboxTable) {
  return {
    /** The tree in force, without the document that it was written as. */
    currentShares: new Entity({
      ...bare, name: 'currentShares', table,
      schema: item({ pk: string().key(), sk: string().key(), version: number(), shares: as<CurrentShares>().transform(packed<CurrentShares>()) }),
    }),
    /** Without the tree: both together may be larger than an item. */
    sharesVersion: new Entity({
      ...bare, name: 'sharesVersion', table, computeKey: ({ version }) => shareKeys.version(version),
      schema: item({ version: number().key(), shares: as<WrittenShares>().transform(packed<WrittenShares>()) }),
    }),
    pause: new Entity({
      ...bare, name: 'pause', table, computeKey: ({ target }) => shareKeys.pause(target),
      schema: item({ target: string().key(), pause: as<Pause>() }),
    }),
    audit: new Entity({
      ...bare, name: 'audit', table, computeKey: ({ id }) => shareKeys.audit(id),
      schema: item({
        id: string().key(), atMs: as<EpochMs>(), by: string(), action: as<AuditEntry['action']>(), target: string(), reason: string(),
        origin: as<NonNullable<AuditEntry['origin']>>().optional(),
      } satisfies AttributesOf<AuditEntry>),
    }),
  };
}
