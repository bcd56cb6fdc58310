import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { executions, tokens } from '../../composition/machine.ts';
import { clock, cooldowns, deployment, jobs, schedulerStore } from '../../composition/stores.ts';
import { eventHandler } from '../../runtime/event-handler.ts';
import { logger, measure } from '../../runtime/telemetry.ts';
import { CycleMeter } from './cycle-meter.ts';
import { scheduleJobs } from './schedule-jobs.ts';

/** A cycle is over well within this; what remains is for the next invocation. */
const reserveMs = 30_000;
const pause = (ms: number) => delay(ms);
const leaseMs = deployment.intervals.schedulerLease * 1000;

/** Also measures where there is little to do: each minute has its point, and the next one begins anew. */
const scheduled = z.object({ 'detail-type': z.literal('Scheduled Event') });
const meter = new CycleMeter(deployment.namespaces, measure);

/** Woken by the table's stream and, as the net, by a schedule: what woke it does not matter to what is done, the table says that. */
export const handler = eventHandler({
  schema: z.unknown(),
  run: async (event, context: Context) => {
    const ports = { store: schedulerStore, jobs, cooldowns, executions, tokens, clock, deployment, leaseMs, pause, log: logger, meter };
    const report = await scheduleJobs(ports, context.awsRequestId, () => context.getRemainingTimeInMillis() > reserveMs);
    if (scheduled.safeParse(event).success) meter.write(clock.now());
    logger.info('scheduled', { report });
  },
});
