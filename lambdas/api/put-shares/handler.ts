import { clock, deployment, schedulerStore, shareStore } from '../../composition/stores.ts';
import { apiHandler } from '../../runtime/api-handler.ts';
import { newAuditId } from '../../runtime/ids.ts';
import { putShares } from './put-shares.ts';

export const handler = apiHandler(putShares({ shares: shareStore, scheduler: schedulerStore, deployment, clock, newAuditId }));
