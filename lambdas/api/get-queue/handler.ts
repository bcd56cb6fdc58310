import { clock, cooldowns, deployment, jobs, schedulerStore } from '../../composition/stores.ts';
import { apiHandler } from '../../runtime/api-handler.ts';
import { getQueue } from './get-queue.ts';

export const handler = apiHandler(getQueue({ scheduler: schedulerStore, jobs, cooldowns, deployment, clock }));
