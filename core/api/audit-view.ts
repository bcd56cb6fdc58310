import * as z from 'zod';
import { isoTime } from '../job/ids.ts';
import type { AuditEntry } from '../ports/share-store.ts';
import { timeField } from './fields.ts';

const originSchema = z
  .object({
    principal: z.string().meta({ description: 'ARN of the IAM user or of the role’s session.' }),
    principalId: z.exactOptional(z.string()).meta({ description: 'Of the user or the role in IAM, `AIDA…` or `AROA…`.' }),
    sourceIp: z.string(),
    userAgent: z.exactOptional(z.string()),
    requestId: z.string(),
  })
  .meta({ id: 'Origin', description: 'Who a request came from, and from where.' });

export const auditEntrySchema = z
  .object({
    id: z.string(),
    at: timeField,
    by: z.string(),
    action: z.enum(['SharesApplied', 'Paused', 'Resumed', 'Recounted', 'ManifestStored']),
    target: z.string().meta({ description: 'What it was done to: `queue`, `namespace/physics`, `market/spot`, `shares/7`, `manifest/physics/train/3`.' }),
    reason: z.string(),
    origin: z.exactOptional(originSchema),
  })
  .meta({ id: 'AuditEntry', description: 'Something that somebody did and that is in no job’s history.' });

export function viewAuditEntry({ id, atMs, by, action, target, reason, origin }: AuditEntry): z.output<typeof auditEntrySchema> {
  return { id, at: isoTime(atMs), by, action, target, reason, ...(origin === undefined ? {} : { origin: { ...origin } }) };
}
