import type { ImageByArchitecture } from '../deployment/deployment.ts';
import { microUsd } from '../job/ids.ts';
import type { Job } from '../job/job.ts';
import { headPool } from '../manifest/head.ts';
import type { Manifest, NodePool } from '../manifest/schema.ts';
import type { GangRequest, PoolRequest } from './gang.ts';

/**
 * The machines that an attempt of a job needs, as its manifest says, within what it holds; the head's pool first, since
 * its first node is rank 0.
 *
 * @param images of the job's runtime, for pools that name none
 */
export function gangRequest(job: Pick<Job, 'jobId' | 'attempt' | 'namespace' | 'labels' | 'hold' | 'admittedAtMs'>, manifest: Manifest, images?: ImageByArchitecture): GangRequest {
  const { placement, nodePools, capacity } = manifest.spec;
  const head = headPool(manifest);
  return {
    jobId: job.jobId,
    attempt: job.attempt,
    namespace: job.namespace,
    labels: job.labels,
    provider: placement.provider,
    region: placement.region,
    zones: placement.availabilityZones === 'any' ? [] : placement.availabilityZones,
    spread: placement.spread,
    placementGroup: placement.placementGroup,
    pools: [head, ...nodePools.filter((pool) => pool !== head)].map((pool) => poolRequest(pool, images)),
    ...(capacity.maxUsdPerHour === undefined ? {} : { maxMicroUsdPerHour: microUsd(Math.round(capacity.maxUsdPerHour * 1e6)) }),
    ...(job.admittedAtMs === undefined ? {} : { seekingSinceMs: job.admittedAtMs }),
    ...(job.hold === undefined ? {} : { quotas: job.hold.quotas }),
  };
}

function poolRequest({ name, count, instanceTypes, purchaseOption, mix, image, diskSizeGiB, efa }: NodePool, images: ImageByArchitecture | undefined): PoolRequest {
  return {
    pool: name,
    count,
    instanceTypes,
    purchaseOption,
    mix,
    efa,
    ...(image === undefined ? {} : { image }),
    ...(image !== undefined || images === undefined ? {} : { images }),
    ...(diskSizeGiB === undefined ? {} : { diskSizeGiB }),
  };
}
