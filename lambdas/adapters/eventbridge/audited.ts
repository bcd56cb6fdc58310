import * as z from 'zod';
import { AUDITED } from '../../../core/audit/audited-events.ts';
import { epochMs } from '../../../core/job/ids.ts';
import { auditPartition } from '../../../core/queue/stream-keys.ts';

/** An entry of the audit as its item has it. */
const auditItem = z
  .object({
    pk: z.literal(auditPartition),
    id: z.string(),
    atMs: z.number().transform(epochMs),
    by: z.string(),
    action: z.string(),
    target: z.string(),
    reason: z.string(),
    origin: z.record(z.string(), z.unknown()).optional(),
  })
  // Who did it stands where histories of jobs have it, so that one query finds both.
  .transform(({ id, atMs, by, action, target, reason, origin }) => ({
    detailType: AUDITED, atMs, detail: { id, atMs, type: action, target, reason, data: { by, ...(origin === undefined ? {} : { origin }) } },
  }));

export type AuditedEvent = z.output<typeof auditItem>;

/** Whether an item of the table's stream is of the audit, not of a job's history. */
export const isAudited = (item: Readonly<Record<string, unknown>>): boolean => item['pk'] === auditPartition;

/** The event that the bus gets of an entry of the audit. */
export const auditedEvent = (item: Readonly<Record<string, unknown>>): AuditedEvent => auditItem.parse(item);
