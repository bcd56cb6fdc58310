import { clock, jobs } from '../../composition/stores.ts';
import { apiHandler } from '../../runtime/api-handler.ts';
import { changePriority } from './set-priority.ts';

export const handler = apiHandler(changePriority({ jobs, clock }));
