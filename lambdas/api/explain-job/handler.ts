import { attempts, clock, cooldowns, deployment, jobs, schedulerStore } from '../../composition/stores.ts';
import { apiHandler } from '../../runtime/api-handler.ts';
import { explainJob } from './explain-job.ts';

export const handler = apiHandler(explainJob({ jobs, attempts, scheduler: schedulerStore, cooldowns, deployment, clock }));
