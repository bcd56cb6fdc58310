import { usd } from '../../../core/api/fields.ts';
import type { DryRunView } from '../../../core/api/submission.ts';
import { gangRequest } from '../../../core/capacity/gang-request.ts';
import type { Cooldown } from '../../../core/capacity/offering.ts';
import { cooldownText } from '../../../core/capacity/pauses.ts';
import type { Deployment } from '../../../core/deployment/deployment.ts';
import { isoTime } from '../../../core/job/ids.ts';
import type { Job } from '../../../core/job/job.ts';
import type { CapacityPlan, CapacityProvider } from '../../../core/ports/capacity-provider.ts';
import { runtimeImages } from '../../../core/runtimes/slurm/images.ts';
import type { ApiAnswer } from '../../runtime/api-handler.ts';
import type { AcceptedManifest } from '../accept-manifest.ts';

interface DryRunPorts {
  readonly capacity: Pick<CapacityProvider, 'plan'>;
  readonly deployment: Pick<Deployment, 'name'>;
}

/** Shows what a submission would do and cost, and stores nothing. */
export async function dryRun(
  { capacity, deployment }: DryRunPorts,
  job: Job,
  { manifest, warnings }: AcceptedManifest,
): Promise<ApiAnswer> {
  // The clock of an attempt stops with its TTL, its nodes only once they are torn down.
  const plan = await capacity.plan(gangRequest(job, manifest, runtimeImages(deployment, job)), job.ttlSeconds + job.windDownSeconds);
  const view = viewPlan(plan, job.retry.maxAttempts);
  const { nodes, vcpus, gpus, microUsdPerHour } = job.demand;
  const body: DryRunView = {
    dryRun: true,
    namespace: job.namespace,
    manifest: { name: job.manifest.name, digest: job.manifest.digest },
    ...(job.runtimeVersion === undefined ? {} : { runtimeVersion: job.runtimeVersion }),
    demand: { nodes, vcpus, gpus, maxUsdPerHour: usd(microUsdPerHour) },
    plan: { ...view, notes: [...(job.runtimeVersion === undefined ? [] : [`the nodes run ${job.runtime} ${job.runtimeVersion}`]), ...view.notes] },
    warnings: [...warnings],
  };
  return { status: 200, body };
}

/** When a pause ends nobody knows. */
function viewCooling(cooldown: Cooldown): DryRunView['plan']['cooling'][number] {
  const { code, untilMs, pausedBy } = cooldown;
  return { code, message: cooldownText(cooldown), ...(pausedBy === undefined ? { until: isoTime(untilMs) } : {}) };
}

function viewPlan({ launches, cooling, maxMicroUsdPerHour, maxMicroUsdPerAttempt, limits, without, notes }: CapacityPlan, attempts: number): DryRunView['plan'] {
  return {
    launches: launches.map(({ pool, count, market, instanceTypes, zones, why, microUsdPerHour }) => ({
      pool, count, market, instanceTypes: [...instanceTypes], zones: [...zones], why, usdPerHour: usd(microUsdPerHour),
    })),
    cooling: cooling.map(viewCooling),
    maxUsdPerHour: usd(maxMicroUsdPerHour),
    maxUsdPerAttempt: usd(maxMicroUsdPerAttempt),
    attempts,
    maxUsdInAll: usd(attempts * maxMicroUsdPerAttempt),
    limits: [...limits],
    without: [...without],
    notes: [...notes],
  };
}
