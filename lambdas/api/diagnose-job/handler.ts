import { logs, logsOfProviders } from '../../composition/job-logs.ts';
import { attempts, clock, cooldowns, deployment, jobs, schedulerStore } from '../../composition/stores.ts';
import { apiHandler } from '../../runtime/api-handler.ts';
import { logger } from '../../runtime/telemetry.ts';
import { diagnoseJob } from './diagnose-job.ts';

export const handler = apiHandler(diagnoseJob({ jobs, attempts, scheduler: schedulerStore, cooldowns, deployment, clock, logs, logsOfProviders, log: logger }));
