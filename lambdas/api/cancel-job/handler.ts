import { tokens } from '../../composition/machine.ts';
import { attempts, clock, jobs } from '../../composition/stores.ts';
import { apiHandler } from '../../runtime/api-handler.ts';
import { cancelJob } from './cancel-job.ts';

export const handler = apiHandler(cancelJob({ jobs, attempts, tokens, clock }));
