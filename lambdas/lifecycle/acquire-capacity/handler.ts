import { capacity } from '../../composition/capacity.ts';
import { attempts, clock, jobs, manifests } from '../../composition/stores.ts';
import { taskHandler } from '../../runtime/task-handler.ts';
import { acquireCapacity } from './acquire-capacity.ts';

export const handler = taskHandler({
  run: (input) => acquireCapacity({ jobs, attempts, manifests, capacity, clock }, input),
});
