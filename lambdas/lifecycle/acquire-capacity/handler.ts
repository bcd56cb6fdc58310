import { capacity } from '../../composition/capacity.ts';
import { attempts, clock, deployment, jobs, manifests } from '../../composition/stores.ts';
import { taskHandler } from '../../runtime/task-handler.ts';
import { acquireCapacity } from './acquire-capacity.ts';

export const handler = taskHandler({
  run: (input) => acquireCapacity({ jobs, attempts, manifests, capacity, deployment, clock }, input),
});
