import { digest, epochMs, jobId, microUsd } from '../../core/job/ids.ts';
import type { Hold, Job } from '../../core/job/job.ts';

/** A job with sensible values; a test names what it is about. */
export function aJob(fields: Partial<Job> = {}): Job {
  return {
    jobId: jobId('01hjob0000000000000000000a'),
    namespace: 'research',
    manifest: { name: 'cluster', version: 1, digest: digest('d'.repeat(64)) },
    user: 'ada',
    labels: {},
    priority: 500,
    runtime: 'None',
    demand: {
      nodes: 3, vcpus: 12, gpus: 0, microUsdPerHour: microUsd(600_000), zones: [],
      pools: [{ nodes: 3, vcpus: 12, types: ['m6i.xlarge'], markets: ['on-demand'] }],
    },
    ttlSeconds: 3600,
    windDownSeconds: 900,
    capacityTimeoutSeconds: 86_400,
    retry: { maxAttempts: 1, on: [] },
    hasScript: false,
    interactive: false,
    state: 'PENDING',
    attempt: 1,
    submittedAtMs: epochMs(1_000_000),
    updatedAtMs: epochMs(1_000_000),
    revision: 1,
    eventCount: 1,
    ...fields,
  };
}

/** What a job holds that was admitted when the sensible job was submitted. */
export function aHold(fields: Partial<Hold> = {}): Hold {
  return { sinceMs: epochMs(1_000_000), endsByMs: epochMs(7_300_000), quotas: {}, ...fields };
}
