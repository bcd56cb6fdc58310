import { OrchestratorApiError } from '@advanced-orchestrator/sdk';
import type { JobDetail } from '@advanced-orchestrator/sdk';
import type { JobState } from '../../../core/lifecycle/states.ts';

/** The job that is followed. */
export const job = { namespace: 'research', jobId: '01hjob0000000000000000000a' };

function aJob(state: JobState, fields: Partial<JobDetail> = {}): JobDetail {
  return {
    ...job, manifest: { name: 'cluster', version: 1, digest: 'd' }, user: 'ada', labels: {}, priority: 500, runtime: 'None', state, attempt: 1, maxAttempts: 1,
    nodeCount: 1, maxUsdPerHour: 1, ttlSeconds: 60, hasScript: false, submittedAt: '2030-01-01T00:00:00.000Z', updatedAt: `2030-01-01T00:00:00.000Z ${state}`,
    attempts: [], nodes: [], costUsd: 0, cost: { nodes: 0, nodeHours: 0, usd: 0, savedUsd: 0, byPool: [] }, ...fields,
  };
}

/** Lets no time pass. */
export const wait = async (): Promise<void> => {};

/** A job that is in the next of these states, or throws, whenever it is looked at. */
export function jobThatIs(...states: readonly (JobState | Error)[]) {
  const left = [...states];
  const getJob = async (): Promise<JobDetail> => {
    const next = left.length > 1 ? left.shift() : left[0];
    if (next instanceof Error) throw next;
    return aJob(next ?? 'DONE');
  };
  return { getJob, left };
}

/** What the service refuses with. */
export const problem = (status: number, retryAfterSeconds?: number): OrchestratorApiError =>
  new OrchestratorApiError({ type: 'about:blank', title: 't', status, detail: 'd', instance: '', requestId: 'r' }, { retryAfterSeconds });

/** All that comes. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
