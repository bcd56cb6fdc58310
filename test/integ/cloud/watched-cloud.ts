import { sharedCloud, type SharedCloud } from './shared-cloud.ts';
import { watchedSiteOptions } from './site.ts';

/** The cloud whose telemetry tests read: head nodes with collectors, metrics of the label `cost-center`, a budget. */
export const watchedCloud = (): Promise<SharedCloud> => sharedCloud(watchedSiteOptions);
