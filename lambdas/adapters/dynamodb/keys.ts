import type { JobId } from '../../../core/job/ids.ts';
import type { LimitRelease, QueueEntry } from '../../../core/lifecycle/change.ts';
import { eventSortPrefix, jobPrefix, queuePrefix, releasePrefix } from '../../../core/queue/stream-keys.ts';

/** Primary keys of the table's items, and how wide the numbers in them are, since keys sort as text. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

const digits = (value: number, width: number): string => String(value).padStart(width, '0');

/** Highest priority there is: the queue sorts by what is missing to it. */
const MAX_PRIORITY = 1000;

export const sortPrefixes = {
  event: eventSortPrefix,
  attempt: 'ATTEMPT#',
  version: 'VERSION#',
  parked: 'PARKED#',
  leaf: 'LEAF#',
  share: 'SHARE#',
  launch: (attempt: number): string => `LAUNCH#${digits(attempt, 4)}#`,
} as const;

export const jobPartition = (jobId: JobId): string => `${jobPrefix}${jobId}`;
export const jobSortKey = 'JOB';
export const eventSortKey = (number: number): string => `${sortPrefixes.event}${digits(number, 8)}`;
export const attemptSortKey = (attempt: number): string => `${sortPrefixes.attempt}${digits(attempt, 4)}`;
export const queuePartition = (namespace: string): string => `${queuePrefix}${namespace}`;
export const manifestPartition = (namespace: string, name: string): string => `MANIFEST#${namespace}#${name}`;
export const manifestListPartition = (namespace: string): string => `MANIFESTS#${namespace}`;
export const versionSortKey = (version: number): string => `${sortPrefixes.version}${digits(version, 8)}`;

/** Partitions that hold one kind of item each, few of them at any time. */
export const partitions = {
  /** What each cycle of the scheduler looks at: leaves, shares and parked jobs, told apart by their sort keys. */
  cycle: 'CYCLE',
  cooldowns: 'COOLDOWNS',
  scheduler: 'SCHEDULER',
  releases: `${releasePrefix}NOTES`,
} as const;

const inJob = (jobId: JobId, sk: string): Key => ({ pk: jobPartition(jobId), sk });

export const keys = {
  job: (jobId: JobId): Key => inJob(jobId, jobSortKey),
  event: (jobId: JobId, number: number): Key => inJob(jobId, eventSortKey(number)),
  script: (jobId: JobId): Key => inJob(jobId, 'SCRIPT'),
  /** Next to the job, so that one read brings both. */
  wait: (jobId: JobId): Key => inJob(jobId, `${jobSortKey}#WAIT`),
  attempt: (jobId: JobId, attempt: number): Key => inJob(jobId, attemptSortKey(attempt)),
  nodes: (jobId: JobId, attempt: number): Key => inJob(jobId, `NODES#${digits(attempt, 4)}`),
  launch: (jobId: JobId, attempt: number, ordinal: number): Key => inJob(jobId, `${sortPrefixes.launch(attempt)}${digits(ordinal, 4)}`),
  step: (jobId: JobId, attempt: number, step: string): Key => inJob(jobId, `STEP#${digits(attempt, 4)}#${step}`),
  idempotency: (namespace: string, key: string): Key => ({ pk: `IDEMPOTENCY#${namespace}#${key}`, sk: 'RECORD' }),
  /** Higher priority first, then the earlier submission, then the id. */
  queued: ({ namespace, priority, submittedAtMs, jobId }: Pick<QueueEntry, 'namespace' | 'priority' | 'submittedAtMs' | 'jobId'>): Key => ({
    pk: queuePartition(namespace),
    sk: `${digits(MAX_PRIORITY - priority, 4)}#${digits(submittedAtMs, 13)}#${jobId}`,
  }),
  parked: (jobId: JobId): Key => ({ pk: partitions.cycle, sk: `${sortPrefixes.parked}${jobId}` }),
  leaf: (namespace: string): Key => ({ pk: partitions.cycle, sk: `${sortPrefixes.leaf}${namespace}` }),
  share: (namespace: string): Key => ({ pk: partitions.cycle, sk: `${sortPrefixes.share}${namespace}` }),
  release: ({ jobId, attempt, cause }: Pick<LimitRelease, 'jobId' | 'attempt' | 'cause'>): Key => ({
    pk: partitions.releases,
    sk: `${jobId}#${digits(attempt, 4)}#${digits(cause, 8)}`,
  }),
  cooldown: (scope: string): Key => ({ pk: partitions.cooldowns, sk: scope }),
  lease: { pk: partitions.scheduler, sk: 'LEASE' },
  waiting: { pk: partitions.scheduler, sk: 'WAITING' },
  manifestVersion: (namespace: string, name: string, version: number): Key => ({ pk: manifestPartition(namespace, name), sk: versionSortKey(version) }),
  manifestDigest: (namespace: string, name: string, digest: string): Key => ({ pk: manifestPartition(namespace, name), sk: `DIGEST#${digest}` }),
  manifestHead: (namespace: string, name: string): Key => ({ pk: manifestListPartition(namespace), sk: name }),
} as const;
