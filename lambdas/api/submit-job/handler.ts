import { capacity } from '../../composition/capacity.ts';
import { catalogue, otherProviders } from '../../composition/catalogue.ts';
import { knowledge } from '../../composition/knowledge.ts';
import { runtimes } from '../../composition/runtimes.ts';
import { clock, deployment, jobs, manifests, pendingCounts, shareStore } from '../../composition/stores.ts';
import { apiHandler } from '../../runtime/api-handler.ts';
import { newJobId } from '../../runtime/ids.ts';
import { recentShareTree } from '../recent-share-tree.ts';
import { submitJob } from './submit-job.ts';

const shareTree = recentShareTree(shareStore, clock);

export const handler = apiHandler(submitJob({ jobs, manifests, catalogue, otherProviders, knowledge, runtimes, capacity, deployment, clock, newJobId, pending: pendingCounts, shareTree }));
