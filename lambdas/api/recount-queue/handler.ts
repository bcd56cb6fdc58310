import { setTimeout as delay } from 'node:timers/promises';
import { auditLog, clock, deployment, jobs, schedulerStore } from '../../composition/stores.ts';
import { apiHandler } from '../../runtime/api-handler.ts';
import { newAuditId } from '../../runtime/ids.ts';
import { logger } from '../../runtime/telemetry.ts';
import { recountQueue } from './recount-queue.ts';

const leaseMs = deployment.intervals.schedulerLease * 1000;
const pause = (ms: number) => delay(ms);

export const handler = apiHandler(recountQueue({ store: schedulerStore, jobs, audit: auditLog, clock, deployment, leaseMs, pause, newAuditId, log: logger }));
