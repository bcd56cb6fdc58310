import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { executions, tokens } from '../../composition/machine.ts';
import { clock, cooldowns, deployment, jobs, schedulerStore } from '../../composition/stores.ts';
import { eventHandler } from '../../runtime/event-handler.ts';
import { logger } from '../../runtime/telemetry.ts';
import { scheduleJobs } from './schedule-jobs.ts';

/** A cycle is over well within this; what remains is for the next invocation. */
const reserveMs = 30_000;
const pause = (ms: number) => delay(ms);
const leaseMs = deployment.intervals.schedulerLease * 1000;

/** Woken by the table's stream and, as the net, by a schedule: what woke it does not matter, the table says what to do. */
export const handler = eventHandler({
  schema: z.unknown(),
  run: async (_event, context: Context) => {
    const ports = { store: schedulerStore, jobs, cooldowns, executions, tokens, clock, deployment, leaseMs, pause, log: logger };
    const report = await scheduleJobs(ports, context.awsRequestId, () => context.getRemainingTimeInMillis() > reserveMs);
    logger.info('scheduled', { report });
  },
});
