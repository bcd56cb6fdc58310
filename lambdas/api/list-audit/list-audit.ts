import { viewAuditEntry } from '../../../core/api/audit-view.ts';
import { operations } from '../../../core/api/operations.ts';
import type { AuditLog } from '../../../core/ports/share-store.ts';
import type { ApiOperation } from '../../runtime/api-handler.ts';

/** What operators did, newest first. */
export function listAudit(ports: { readonly audit: Pick<AuditLog, 'list'> }): ApiOperation<typeof operations.listAudit> {
  return {
    schema: operations.listAudit,
    run: async ({ query: { limit, cursor } }) => {
      const page = await ports.audit.list(limit, cursor);
      return { status: 200, body: { ...page, items: page.items.map(viewAuditEntry) } };
    },
  };
}
