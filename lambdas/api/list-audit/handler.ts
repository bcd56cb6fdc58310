import { auditLog } from '../../composition/stores.ts';
import { apiHandler } from '../../runtime/api-handler.ts';
import { listAudit } from './list-audit.ts';

export const handler = apiHandler(listAudit({ audit: auditLog }));
