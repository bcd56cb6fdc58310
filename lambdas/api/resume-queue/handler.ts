import { clock, pauseStore } from '../../composition/stores.ts';
import { apiHandler } from '../../runtime/api-handler.ts';
import { newAuditId } from '../../runtime/ids.ts';
import { resumeQueue } from './resume-queue.ts';

export const handler = apiHandler(resumeQueue({ pauses: pauseStore, clock, newAuditId }));
