import { gangRequest } from '../../../core/capacity/gang-request.ts';
import { cooldownText } from '../../../core/capacity/pauses.ts';
import { DEFAULT_PROVIDER } from '../../../core/capacity/provider-registry.ts';
import type { AcquireResult, GangRequest, Interruption, LaunchOutcome, LaunchRecord } from '../../../core/capacity/gang.ts';
import type { Hold, Job } from '../../../core/job/job.ts';
import { amend, type NewEvent } from '../../../core/lifecycle/amend.ts';
import { refuserOf } from '../../../core/capacity/refused-launch.ts';
import { MOST_TOLD, tellLaunch } from '../../../core/trace/launches.ts';
import { poolSizes } from '../../../core/trace/node-names.ts';
import { LAUNCH_REJECTED } from '../../../core/lifecycle/retry.ts';
import { timeoutReason } from '../../../core/lifecycle/time-over.ts';
import type { JobChange } from '../../../core/lifecycle/change.ts';
import type { TaskAnswer, TaskInput } from '../../../core/lifecycle/task.ts';
import { waitsOf } from '../../../core/lifecycle/waits.ts';
import { changeJob } from '../../../core/job/change-job.ts';
import type { EpochMs } from '../../../core/job/ids.ts';
import type { Deployment } from '../../../core/deployment/deployment.ts';
import type { CapacityProvider } from '../../../core/ports/capacity-provider.ts';
import type { AttemptStore } from '../../../core/ports/job-store.ts';
import type { ManifestStore } from '../../../core/ports/manifest-store.ts';
import { cancelled, isCancelDue } from '../../../core/lifecycle/stop-answer.ts';
import { runtimeImages } from '../../../core/runtimes/slurm/images.ts';
import { enterStates, type JobPorts } from '../current-job.ts';
import { interruptedBy } from '../interrupted-by.ts';
import { manifestOf } from '../job-manifest.ts';

export interface AcquirePorts extends JobPorts {
  readonly attempts: AttemptStore;
  readonly manifests: ManifestStore;
  readonly capacity: CapacityProvider;
  readonly deployment: Pick<Deployment, 'name'>;
}

const mostLimitsTold = 3;

/**
 * Gets the whole gang, or nothing, and says which. Runs again after a crash without launching twice. A job that holds no
 * limits was parked by an execution that has died: it launches nothing, and is parked anew for its turn.
 */
export async function acquireCapacity(ports: AcquirePorts, input: TaskInput): Promise<TaskAnswer> {
  const job = await withHold(ports, await enterStates(ports, input));
  if (job.hold === undefined) return untilItsTurn(job, ports.clock.now());
  const request = gangRequest(job, await manifestOf(ports.manifests, job), runtimeImages(ports.deployment, job));
  const result = await ports.capacity.acquire(request, interruptedBy(ports, job, job));
  if (result.kind === 'acquired') await ports.attempts.putNodes(job.jobId, job.attempt, result.nodes);
  const tried = ofTurn(await ports.attempts.launches(job.jobId, job.attempt), job.hold).slice(-MOST_TOLD);
  const after = await changeJob(ports.jobs, job.jobId, (now) => withEvents(now, eventsOf(request, result, tried), ports.clock.now()), job);
  return answer(ports, after, result, tried);
}

/** A read of a moment ago may be from before the job was admitted or given its turn. */
async function withHold(ports: AcquirePorts, job: Job): Promise<Job> {
  return job.hold === undefined ? ((await ports.jobs.get(job.jobId)) ?? job) : job;
}

function untilItsTurn(job: Job, nowMs: EpochMs): TaskAnswer {
  if (isCancelDue(job)) return cancelled(job);
  return { kind: 'short', untilMs: nowMs, reason: { code: 'NoCapacity', message: 'Holds no limits: the execution that was to give it its turn has died.' } };
}

/** Those of a run that died are told by the one after it: the hold is as old as the turn. */
const ofTurn = (launches: readonly LaunchRecord[], { sinceMs }: Hold): LaunchRecord[] => launches.filter(({ requestedAtMs }) => requestedAtMs >= sinceMs);

/** A turn that launched nothing and got nothing leaves no trace. */
function withEvents(job: Job, events: readonly NewEvent[], nowMs: EpochMs): JobChange | undefined {
  return events.length === 0 ? undefined : amend(job, job, events, nowMs);
}

/** One entry for a turn: what came of it, and each of its calls. */
function eventsOf(request: GangRequest, result: AcquireResult, launches: readonly LaunchRecord[]): NewEvent[] {
  const calls = launches.map(launchText).join('; ');
  const tried = launches.map((launch) => tellLaunch(launch, request.pools.find(({ pool }) => pool === launch.pool)?.image));
  switch (result.kind) {
    case 'acquired': {
      const zones = [...new Set(result.nodes.map((node) => node.zone))].toSorted();
      const message = `${result.nodes.length} nodes${ofProvider(request)} in ${zones.join(', ')}${calls === '' ? '' : `: ${calls}`}`;
      return [{ type: 'CapacityAcquired', message, data: { nodes: result.nodes.length, pools: poolSizes(result.nodes), zones, launches: tried } }];
    }
    case 'short': {
      const asked = request.pools.reduce((sum, pool) => sum + pool.count, 0);
      const message = `${result.shortfall} of ${asked} nodes could not be had, none is kept: ${calls === '' ? 'nothing may be tried now' : calls}${limitsText(result)}`;
      return [{ type: 'GangReleased', message, data: { shortfall: result.shortfall, launches: tried } }];
    }
    case 'rejected':
    case 'leaked':
    case 'interrupted':
      return launches.length === 0 ? [] : [{ type: 'LaunchTried', message: calls, data: { launches: tried } }];
  }
}

/** Said of other clouds than the usual one. */
const ofProvider = ({ provider = DEFAULT_PROVIDER }: GangRequest): string => (provider === DEFAULT_PROVIDER ? '' : ` of provider ${provider}`);

function launchText({ pool, count, market, instanceTypes, zones, result }: LaunchRecord): string {
  const where = `${instanceTypes.join(' or ')} ${market} in ${zones.join(' or ')}`;
  const why = result?.rejected === undefined ? codesOf(result).join(', ') : `${result.rejected.code}: ${result.rejected.message}`;
  return `${pool}: ${result?.launched.length ?? 0} of ${count} × ${where}${why === '' ? '' : ` (${why})`}`;
}

const codesOf = (result: LaunchOutcome | undefined): string[] => [...new Set(result?.unavailable.map(({ code }) => code))];

async function answer(ports: AcquirePorts, job: Job, result: AcquireResult, tried: readonly LaunchRecord[]): Promise<TaskAnswer> {
  switch (result.kind) {
    case 'acquired':
      return { kind: 'acquired' };
    case 'short':
      return isCancelDue(job)
        ? cancelled(job)
        : { kind: 'short', untilMs: result.untilMs, ...waitsOf(result), reason: { code: 'NoCapacity', message: shortMessage(result, tried) } };
    case 'rejected':
      return { kind: 'rejected', reason: { code: LAUNCH_REJECTED, message: `${refuserOf(job)} refused the launch: ${result.code}: ${result.message}` } };
    case 'leaked':
      return { kind: 'leaked', reason: { code: 'ReleaseUnverified', message: `${result.remaining} instances of a gang that stayed short are not yet shutting down.` } };
    case 'interrupted':
      return stopped(ports, job, result.by);
  }
}

/** What cools says why; where nothing does, as for a placement group, what the calls were told. */
function shortMessage(result: Extract<AcquireResult, { kind: 'short' }>, tried: readonly LaunchRecord[]): string {
  const cooling = result.cooldowns.map((cooldown) => (cooldown.pausedBy === undefined ? cooldown.code : cooldownText(cooldown)));
  const whys = [...new Set(cooling.length > 0 ? cooling : tried.flatMap((launch) => codesOf(launch.result)))];
  return `${result.shortfall} nodes short after ${result.launches} launch calls${whys.length === 0 ? '' : ` (${whys.join(', ')})`}${limitsText(result)}.`;
}

/** There may be one for each type and zone: the first say enough. */
function limitsText({ limits = [] }: Extract<AcquireResult, { kind: 'short' }>): string {
  const more = limits.length - mostLimitsTold;
  return limits.length === 0 ? '' : `: ${limits.slice(0, mostLimitsTold).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Cancelled or out of time between two calls: what was launched so far goes, and PROVISIONING_FAILED needs proof of it. */
async function stopped(ports: AcquirePorts, job: Job, by: Interruption): Promise<TaskAnswer> {
  if (by !== 'timedOut') return cancelled(job);
  const { remaining } = await ports.capacity.release(job);
  const reason = timeoutReason(job);
  return remaining === 0 ? { kind: 'timedOut', reason } : { kind: 'leaked', reason };
}
