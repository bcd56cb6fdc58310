import type { AuditEntry } from '../../../core/ports/share-store.ts';
import { after } from './submissions.ts';

/** The n-th thing that an operator did: ids sort by `n`. */
export function auditEntry(n: number, fields: Partial<AuditEntry> = {}): AuditEntry {
  return { id: `01j${String(n).padStart(23, '0')}`, atMs: after(n), by: 'ada', action: 'Paused', target: 'queue', reason: `reason ${n}`, ...fields };
}
