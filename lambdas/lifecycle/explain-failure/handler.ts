import { capacity } from '../../composition/capacity.ts';
import { attempts, clock, cooldowns, deployment, jobs } from '../../composition/stores.ts';
import { taskHandler } from '../../runtime/task-handler.ts';
import { explainFailure } from './explain-failure.ts';

export const handler = taskHandler({ run: (input) => explainFailure({ jobs, attempts, capacity, cooldowns, deployment, clock }, input) });
