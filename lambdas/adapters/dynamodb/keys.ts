import { createHash } from 'node:crypto';
import type { JobId } from '../../../core/job/ids.ts';
import type { LimitRelease } from '../../../core/lifecycle/change.ts';
import type { LaneKey, LeafKey } from '../../../core/queue/lane.ts';
import { rankTime, type Placed } from '../../../core/queue/order.ts';
import { cyclePartition, eventSortPrefix, jobPrefix, pauseSortPrefix, queuePrefix, releaseSortPrefix, wakeSortKey } from '../../../core/queue/stream-keys.ts';

/** Primary keys of the table's items, and how wide the numbers in them are, since keys sort as text. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

const digits = (value: number, width: number): string => String(value).padStart(width, '0');

export const sortPrefixes = {
  event: eventSortPrefix,
  attempt: 'ATTEMPT#',
  version: 'VERSION#',
  parked: 'PARKED#',
  release: releaseSortPrefix,
  pause: pauseSortPrefix,
  share: 'SHARE#',
  lane: 'LANE#',
  lanesOf: (namespace: string): string => `LANE#${namespace}#`,
  launch: (attempt: number): string => `LAUNCH#${digits(attempt, 4)}#`,
} as const;

export const jobPartition = (jobId: JobId): string => `${jobPrefix}${jobId}`;
export const jobSortKey = 'JOB';
export const eventSortKey = (number: number): string => `${sortPrefixes.event}${digits(number, 8)}`;
export const attemptSortKey = (attempt: number): string => `${sortPrefixes.attempt}${digits(attempt, 4)}`;
/** Unambiguous whatever the user is called: a namespace has no `#` in it, and a lane is one character. */
const laneName = ({ namespace, user, lane }: LaneKey): string => `${namespace}#${user}#${lane}`;
export const queuePartition = (lane: LaneKey): string => `${queuePrefix}${laneName(lane)}`;
export const manifestPartition = (namespace: string, name: string): string => `MANIFEST#${namespace}#${name}`;
export const manifestListPartition = (namespace: string): string => `MANIFESTS#${namespace}`;
export const versionSortKey = (version: number): string => `${sortPrefixes.version}${digits(version, 8)}`;

/** Partitions that hold one kind of item each, few of them at any time. */
export const partitions = {
  /** Lanes, counters, parked jobs, ends, pauses and the share tree, told apart by their sort keys. */
  cycle: cyclePartition,
  cooldowns: 'COOLDOWNS',
  scheduler: 'SCHEDULER',
  /** Machines of rehearsals that live. */
  simulated: 'SIMULATED',
  simulatedCooldowns: 'SIMULATED#COOLDOWNS',
  knowledge: 'KNOWLEDGE',
} as const;

export const simulatedPartition = (jobId: JobId): string => `${partitions.simulated}#${jobId}`;

const inJob = (jobId: JobId, sk: string): Key => ({ pk: jobPartition(jobId), sk });
const inCycle = (sk: string): Key => ({ pk: partitions.cycle, sk });

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
  note: (jobId: JobId, attempt: number, about: string): Key => inJob(jobId, `NOTE#${digits(attempt, 4)}#${about}`),
  idempotency: (namespace: string, key: string): Key => ({ pk: `IDEMPOTENCY#${namespace}#${key}`, sk: 'RECORD' }),
  /** In the order of `byRank`. */
  queued: (entry: LaneKey & Placed): Key => ({
    pk: queuePartition(entry),
    sk: `${digits(rankTime(entry), 13)}#${digits(entry.submittedAtMs, 13)}#${entry.jobId}`,
  }),
  parked: (jobId: JobId): Key => inCycle(`${sortPrefixes.parked}${jobId}`),
  lane: (lane: LaneKey): Key => inCycle(`${sortPrefixes.lane}${laneName(lane)}`),
  share: ({ namespace, user }: LeafKey): Key => inCycle(`${sortPrefixes.share}${namespace}#${user}`),
  room: inCycle('ROOM'),
  release: ({ jobId, attempt, cause }: Pick<LimitRelease, 'jobId' | 'attempt' | 'cause'>): Key =>
    inCycle(`${sortPrefixes.release}${jobId}#${digits(attempt, 4)}#${digits(cause, 8)}`),
  cooldown: (scope: string): Key => ({ pk: partitions.cooldowns, sk: scope }),
  /** A question names any number of instance types, and a key holds a kilobyte. */
  placementScores: (question: string): Key => ({ pk: partitions.knowledge, sk: `SCORES#${createHash('sha256').update(question).digest('hex')}` }),
  newQuestions: (day: string): Key => ({ pk: partitions.knowledge, sk: `NEW#${day}` }),
  /** What there is of an attempt in the simulated cloud. */
  simulated: (jobId: JobId, attempt: number): Key => ({ pk: simulatedPartition(jobId), sk: digits(attempt, 4) }),
  simulatedLiving: (jobId: JobId, attempt: number): Key => ({ pk: partitions.simulated, sk: `${jobId}#${digits(attempt, 4)}` }),
  lease: { pk: partitions.scheduler, sk: 'LEASE' },
  /** Where the stream is looked at. */
  wake: inCycle(wakeSortKey),
  manifestVersion: (namespace: string, name: string, version: number): Key => ({ pk: manifestPartition(namespace, name), sk: versionSortKey(version) }),
  manifestDigest: (namespace: string, name: string, digest: string): Key => ({ pk: manifestPartition(namespace, name), sk: `DIGEST#${digest}` }),
  manifestHead: (namespace: string, name: string): Key => ({ pk: manifestListPartition(namespace), sk: name }),
} as const;
