import { hasEnded, itemsOf, type Job, type JobCost, type OrchestratorClient } from '@advanced-orchestrator/sdk';
import type { CostedJob } from './cost-report.ts';

const PAGE = 100;
/** Jobs that are looked at one by one, since what goes on costs more each minute. */
const AT_ONCE = 8;

const nothing: JobCost = { nodes: 0, nodeHours: 0, usd: 0, savedUsd: 0, byPool: [] };

/** Which jobs: those that were submitted in between. */
export interface CostQuery {
  readonly namespaces: readonly string[];
  readonly since: string;
  readonly until?: string;
}

export interface ReadCosts {
  readonly jobs: readonly CostedJob[];
  /** Of a cloud that only simulates: they cost nothing, and are left out. */
  readonly rehearsals: number;
}

/** Reads what jobs cost, newest first, namespace by namespace; `told` hears how many have been read. */
export async function readCosts(client: OrchestratorClient, query: CostQuery, signal: AbortSignal, told: (read: number) => void): Promise<ReadCosts> {
  const jobs: CostedJob[] = [];
  let rehearsals = 0;
  for (const namespace of query.namespaces) {
    for await (const group of inGroups(submittedIn(client, namespace, query, signal))) {
      const real = group.filter(({ provider }) => provider === undefined);
      rehearsals += group.length - real.length;
      jobs.push(...(await Promise.all(real.map((job) => costed(client, job, signal)))));
      told(jobs.length + rehearsals);
    }
  }
  return { jobs, rehearsals };
}

async function* submittedIn(client: OrchestratorClient, namespace: string, { since, until }: CostQuery, signal: AbortSignal): AsyncGenerator<Job, void> {
  const pages = itemsOf((cursor) => client.listJobs(namespace, {}, { limit: PAGE, signal, ...(cursor === undefined ? {} : { cursor }) }));
  for await (const job of pages) {
    // Newest first: what comes now was submitted before.
    if (job.submittedAt < since) return;
    if (until === undefined || job.submittedAt < until) yield job;
  }
}

async function* inGroups(jobs: AsyncIterable<Job>): AsyncGenerator<readonly Job[], void> {
  let group: Job[] = [];
  for await (const job of jobs) {
    group.push(job);
    if (group.length < AT_ONCE) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

/** A job's record has what its ended attempts cost; of one that may have machines the detail says what they cost until now. */
async function costed(client: OrchestratorClient, job: Job, signal: AbortSignal): Promise<CostedJob> {
  const { state, namespace, jobId, cost = nothing } = job;
  const hasMachines = state === 'DESTRUCTION_FAILED' || (!hasEnded(job) && state !== 'PENDING');
  if (!hasMachines) return { job, cost, goesOn: !hasEnded(job) };
  const detail = await client.getJob({ namespace, jobId }, { signal });
  return { job, cost: detail.cost, goesOn: !hasEnded(detail) || detail.nodes.some(({ goneAt }) => goneAt === undefined) };
}
