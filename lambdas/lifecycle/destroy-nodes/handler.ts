import { capacity } from '../../composition/capacity.ts';
import { clock, jobs } from '../../composition/stores.ts';
import { taskHandler } from '../../runtime/task-handler.ts';
import { destroyNodes } from './destroy-nodes.ts';

export const handler = taskHandler({ run: (input) => destroyNodes({ jobs, capacity, clock }, input) });
