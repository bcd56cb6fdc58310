import type { Attempt, Job, JobDetail, Node } from '@advanced-orchestrator/sdk';
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
    ['exit code', job.exitCode?.toString()],
    ['attempt', `${job.attempt} of ${job.maxAttempts}`],
    ['user', printable(job.user)],
    ['priority', String(job.priority)],
    ['labels', Object.entries(job.labels).map(([key, value]) => printable(`${key}=${value}`)).join(', ')],
    ['nodes', `${job.nodeCount} asked for, runtime ${job.runtime}${job.provider === undefined ? '' : `, of provider ${job.provider}`}`],
    ['cost', `${usd(job.costUsd)} so far, at most ${usd(job.maxUsdPerHour)}/h`],
    ['submitted', time(job.submittedAt)],
    ['configuring', job.configuringAt === undefined ? undefined : time(job.configuringAt)],
    ['ended', job.endedAt === undefined ? undefined : time(job.endedAt)],
    ['cancel', job.cancelRequestedBy === undefined ? undefined : printable(`asked for by ${job.cancelRequestedBy}`)],
    ['release', job.releaseRequestedBy === undefined ? undefined : printable(`asked for by ${job.releaseRequestedBy}`)],
  ];
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

function nodeTable(colours: Colours, nodes: readonly Node[]): string {
  return table(
    colours,
    ['NODE', 'RANK', 'POOL', 'TYPE', 'ZONE', 'MARKET', 'ADDRESS', 'INSTANCE', 'GONE'],
    nodes.map(({ name, rank, pool, instanceType, zone, market, address, instanceId, goneAt }) => [
      name, rank, pool, instanceType, zone, market, address, instanceId, goneAt === undefined ? '' : time(goneAt),
    ]),
  );
}
