import { attempts, clock, jobs } from '../../composition/stores.ts';
import { taskHandler } from '../../runtime/task-handler.ts';
import { finishJob } from './finish-job.ts';

export const handler = taskHandler({ run: (input) => finishJob({ jobs, attempts, clock }, input) });
