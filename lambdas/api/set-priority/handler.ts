import { clock, jobs, shareStore } from '../../composition/stores.ts';
import { apiHandler } from '../../runtime/api-handler.ts';
import { recentShareTree } from '../recent-share-tree.ts';
import { changePriority } from './set-priority.ts';

export const handler = apiHandler(changePriority({ jobs, clock, shareTree: recentShareTree(shareStore, clock) }));
