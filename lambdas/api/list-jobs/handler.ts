import { jobs } from '../../composition/stores.ts';
import { apiHandler } from '../../runtime/api-handler.ts';
import { listJobs } from './list-jobs.ts';

export const handler = apiHandler(listJobs({ jobs }));
