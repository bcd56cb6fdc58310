import { tokens } from '../../composition/machine.ts';
import { attempts, clock, jobs } from '../../composition/stores.ts';
import { apiHandler } from '../../runtime/api-handler.ts';
import { releaseJob } from './release-job.ts';

export const handler = apiHandler(releaseJob({ jobs, attempts, tokens, clock }));
