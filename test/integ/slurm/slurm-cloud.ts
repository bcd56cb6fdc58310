import { sharedCloud, type SharedCloud } from '../cloud/shared-cloud.ts';
import { slurmSiteOptions } from '../cloud/site.ts';

/** The cloud that the tests of Slurm share: its instances are hosts. */
export const slurmCloud = (): Promise<SharedCloud> => sharedCloud(slurmSiteOptions());
