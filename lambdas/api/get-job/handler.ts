import { attempts, clock, cooldowns, deployment, jobs, schedulerStore } from '../../composition/stores.ts';
import { recentQueue } from '../../queue/recent-queue.ts';
import { apiHandler } from '../../runtime/api-handler.ts';
import { getJob } from './get-job.ts';

/** Clients that wait for jobs ask again and again: one look serves all that ask within so long. */
const LOOK_MS = 5000;
const queue = recentQueue({ scheduler: schedulerStore, jobs, cooldowns, deployment, clock }, LOOK_MS);

export const handler = apiHandler(getJob({ jobs, attempts, queue, clock, deployment }));
