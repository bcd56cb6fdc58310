import * as z from 'zod';
import { isoTime } from '../job/ids.ts';
import type { AuditEntry } from '../ports/share-store.ts';
import { timeField } from './fields.ts';

export const auditEntrySchema = z
  .object({
    id: z.string(),
    at: timeField,
    by: z.string(),
    action: z.enum(['SharesApplied', 'Paused', 'Resumed', 'Recounted']),
    target: z.string().meta({ description: 'What it was done to: `queue`, `namespace/physics`, `market/spot`, `shares/7`.' }),
    reason: z.string(),
  })
  .meta({ id: 'AuditEntry', description: 'Something that an operator did.' });

export function viewAuditEntry({ id, atMs, by, action, target, reason }: AuditEntry): z.output<typeof auditEntrySchema> {
  return { id, at: isoTime(atMs), by, action, target, reason };
}
