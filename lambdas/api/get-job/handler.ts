import { attempts, clock, jobs, schedulerStore } from '../../composition/stores.ts';
import { apiHandler } from '../../runtime/api-handler.ts';
import { getJob } from './get-job.ts';

export const handler = apiHandler(getJob({ jobs, attempts, scheduler: schedulerStore, clock }));
