import { catalogue } from '../../composition/catalogue.ts';
import { clock, deployment, pauseStore } from '../../composition/stores.ts';
import { apiHandler } from '../../runtime/api-handler.ts';
import { newAuditId } from '../../runtime/ids.ts';
import { pauseQueue } from './pause-queue.ts';

export const handler = apiHandler(pauseQueue({ pauses: pauseStore, deployment, catalogue, clock, newAuditId }));
