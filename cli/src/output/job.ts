import type { Attempt, Job, JobCost, JobDetail, Node, SchedulerReport } from '@advanced-orchestrator/sdk';
import type { Colours } from '../session.ts';
import { printable } from './printable.ts';
import { properties, table } from './table.ts';
import { colouredOutcome, colouredState, duration, standing, time, usd } from './words.ts';

/** Jobs, one a line. */
export function jobTable(colours: Colours, jobs: readonly Job[], nowMs: number): string {
  return table(
    colours,
    ['JOB', 'MANIFEST', 'STATE', 'OUTCOME', 'USER', 'NODES', 'PRIORITY', 'AGE'],
    jobs.map((job) => [
      job.jobId,
      `${job.manifest.name} v${job.manifest.version}`,
      colouredState(colours, job.state),
      colouredOutcome(colours, job.outcome),
      printable(job.user),
      job.nodeCount,
      job.priority,
      duration(nowMs - Date.parse(job.submittedAt)),
    ]),
  );
}

/** Everything about one job. */
export function jobDetail(colours: Colours, job: JobDetail): string {
  const parts = [properties(colours, facts(colours, job))];
  if (job.attempts.length > 1) parts.push(attemptTable(colours, job.attempts));
  if (job.nodes.length > 0) parts.push(nodeTable(colours, job.nodes));
  if (job.cost.byPool.length > 1) parts.push(costTable(colours, job.cost.byPool));
  return parts.join('\n');
}

function facts(colours: Colours, job: JobDetail): readonly (readonly [string, string | undefined])[] {
  const { manifest, waiting, reason } = job;
  return [
    ['job', `${job.namespace}/${job.jobId}`],
    ['manifest', `${manifest.name} v${manifest.version}, sha256:${manifest.digest.slice(0, 12)}${job.hasScript ? ', with a script' : ''}`],
    ['state', standing(colours, job)],
    ['reason', reason === undefined ? undefined : printable(reason.message)],
    ['waits', waiting === undefined ? undefined : printable(`${waiting.message}${waiting.until === undefined ? '' : ` (until ${time(waiting.until)})`}`)],
    ['why', hasFailed(job) ? `orch why ${job.namespace}/${job.jobId}` : undefined],
    ['exit code', job.exitCode?.toString()],
    ['scheduler', job.scheduler === undefined ? undefined : printable(scheduledAs(job.runtime, job.scheduler))],
    ['attempt', `${job.attempt} of ${job.maxAttempts}`],
    ['user', printable(job.user)],
    ['priority', String(job.priority)],
    ['labels', Object.entries(job.labels).map(([key, value]) => printable(`${key}=${value}`)).join(', ')],
    ['nodes', `${job.nodeCount} asked for, runtime ${job.runtime}${job.runtimeVersion === undefined ? '' : ` ${job.runtimeVersion}`}${job.provider === undefined ? '' : `, of provider ${job.provider}`}`],
    ['cost', costOf(job)],
    ['submitted', time(job.submittedAt)],
    ['configuring', job.configuringAt === undefined ? undefined : time(job.configuringAt)],
    ['ended', job.endedAt === undefined ? undefined : time(job.endedAt)],
    ['cancel', job.cancelRequestedBy === undefined ? undefined : printable(`asked for by ${job.cancelRequestedBy}`)],
    ['dashboard', job.links?.dashboard === undefined ? undefined : printable(job.links.dashboard)],
    ['release', job.releaseRequestedBy === undefined ? undefined : printable(`asked for by ${job.releaseRequestedBy}`)],
  ];
}

/** `1.20 USD so far for 3.5 node-hours, 2.10 USD less than on demand, at most 4.00 USD/h` */
function costOf({ cost, maxUsdPerHour }: JobDetail): string {
  const hours = cost.nodes === 0 ? '' : ` for ${cost.nodeHours.toFixed(2)} node-hours`;
  const saved = cost.savedUsd === 0 ? '' : `, ${usd(cost.savedUsd)} less than on demand`;
  return `${usd(cost.usd)} so far${hours}${saved}, at most ${usd(maxUsdPerHour)}/h`;
}

/** Whether its end is one to ask about: who cancelled it is among the facts. */
const hasFailed = ({ state, outcome }: Job): boolean => state === 'DESTRUCTION_FAILED' || (outcome !== undefined && outcome !== 'SUCCEEDED' && outcome !== 'CANCELLED');

/** `Slurm job 12 on workers-[0-63], COMPLETED, 1 restart` */
function scheduledAs(runtime: string, { id, nodes, state, reason, restarts }: SchedulerReport): string {
  const where = nodes === '' ? '' : ` on ${nodes}`;
  const again = restarts === 0 ? '' : `, ${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`;
  return `${runtime} job ${id}${where}, ${state}${reason === undefined ? '' : ` (${reason})`}${again}`;
}

function attemptTable(colours: Colours, attempts: readonly Attempt[]): string {
  return table(
    colours,
    ['ATTEMPT', 'STATE', 'OUTCOME', 'ADMITTED', 'ENDED', 'COST'],
    attempts.map(({ attempt, state, outcome, admittedAt, endedAt, costUsd }) => [
      attempt, colouredState(colours, state), colouredOutcome(colours, outcome), time(admittedAt),
      endedAt === undefined ? '' : time(endedAt), costUsd === undefined ? '' : usd(costUsd),
    ]),
  );
}

function costTable(colours: Colours, pools: JobCost['byPool']): string {
  return table(
    colours,
    ['POOL', 'MARKET', 'MACHINES', 'NODE-HOURS', 'COST', 'SPOT SAVED'],
    pools.map(({ pool, market, nodes, nodeHours, usd: cost, savedUsd }) => [pool, market, nodes, nodeHours.toFixed(2), usd(cost), usd(savedUsd)]),
  );
}

function nodeTable(colours: Colours, nodes: readonly Node[]): string {
  return table(
    colours,
    ['NODE', 'RANK', 'POOL', 'TYPE', 'ZONE', 'MARKET', 'ADDRESS', 'INSTANCE', 'GONE'],
    nodes.map(({ name, rank, pool, instanceType, zone, market, address, instanceId, goneAt }) => [
      name, rank, pool, instanceType, zone, market, address, instanceId, goneAt === undefined ? '' : time(goneAt),
    ]),
  );
}
