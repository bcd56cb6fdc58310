import type { ClusterDefinition } from '../../../core/manifest/schema.ts';
import type { JobState } from '../../../core/lifecycle/states.ts';
import { eventually } from '../../../local/eventually.ts';
import { OrchestratorApiError, type JobDetail, type JobRef } from '../../../sdk/src/index.ts';
import { aCluster, script } from '../cloud/manifests.ts';
import type { SharedCloud } from '../cloud/shared-cloud.ts';

/** A life that a job can have: what is submitted, what is done to it, and where that leads. */
export interface Life {
  readonly manifest: ClusterDefinition;
  /** What is done before the submission; it may answer what takes it back. */
  readonly prepare?: (cloud: SharedCloud) => Promise<void | (() => Promise<void>)>;
  readonly drive?: (cloud: SharedCloud, job: JobRef) => Promise<void>;
  /** The states after PENDING. */
  readonly path: readonly JobState[];
  readonly ends: Partial<Pick<JobDetail, 'outcome' | 'exitCode' | 'attempt'>> & { readonly reason?: string };
  /** How often its steps begin. */
  readonly steps: number;
}

type Spec = ClusterDefinition['spec'];

const untilRun = ['ACQUIRING_CAPACITY', 'CONFIGURING', 'RUNNING'] as const;
const torn = ['DESTROYING', 'DONE'] as const;
const well = [...untilRun, 'SUCCEEDED', 'POST_RUN', ...torn] as const;
const failedRun = [...untilRun, 'RUN_FAILED', 'POST_RUN', ...torn] as const;

const long = script('Long', 'sleep 500');
const hooks = (given: NonNullable<Spec['hooks']>): Partial<Spec> => ({ hooks: given });
const life = (name: string, spec: Partial<Spec>, namespace = 'lives'): ClusterDefinition => aCluster(namespace, name, spec);
const onlyAs = (instanceType: string): Spec['nodePools'] => [{ name: 'head', count: 1, instanceType }];
/** How many machines of a type there are from now on. Lives that find none have types of their own: they are not told of each other's. */
const thereAre = async ({ fleet }: SharedCloud, type: string, capacity: number): Promise<void> => {
  await fleet.changeMarket({ capacity: [{ type, zone: '*', market: '*', capacity }] });
};

/** Cancels once the job is in a state and, where a step is named, that step has begun. */
const cancelIn = (state: JobState, step = false) => async ({ jobs }: SharedCloud, job: JobRef): Promise<void> => {
  await jobs.reaches(job, state);
  if (step) await jobs.writes(job, 'here');
  await jobs.cancel(job);
};

/** From DESTROYING on there is nothing left to cancel. */
async function cancelTooLate({ jobs }: SharedCloud, job: JobRef): Promise<void> {
  await jobs.reaches(job, 'DESTROYING');
  const refusal: unknown = await jobs.cancel(job).catch((error: unknown) => error);
  if (!(refusal instanceof OrchestratorApiError) || refusal.status !== 409) throw new Error('A cancel in DESTROYING was not refused.', { cause: refusal });
}

/** Waits until the job's time to live is over, and has the reconciler look. */
async function outlive({ jobs, account }: SharedCloud, job: JobRef): Promise<void> {
  const { configuringAt = '', ttlSeconds } = await jobs.reaches(job, ['CONFIGURING', 'RUNNING']);
  const overAtMs = Date.parse(configuringAt) + ttlSeconds * 1000;
  await eventually(`the time of job ${job.jobId} is over`, () => Promise.resolve(Date.now() > overAtMs));
  await account.reconcile();
}

/** Every life, by its name. */
export const lives: Readonly<Record<string, Life>> = {
  'runs hooks, job and post-run': {
    manifest: life('well', hooks({ onConfigure: [script('Set up')], onRun: [script('Work')], onPostRun: [script('Upload')] })),
    path: well, ends: { outcome: 'SUCCEEDED', exitCode: 0 }, steps: 3,
  },
  'has a hook that fails': {
    manifest: life('hook-fails', hooks({ onConfigure: [script('Set up', 'exit 4')], onRun: [script('Work')] })),
    path: ['ACQUIRING_CAPACITY', 'CONFIGURING', 'CONFIGURATION_FAILED', ...torn],
    ends: { outcome: 'FAILED', exitCode: 4, reason: 'StepFailed' }, steps: 1,
  },
  'fails, and its post-run runs': {
    manifest: life('run-fails', hooks({ onRun: [script('Work', 'exit 17')], onPostRun: [script('Upload')] })),
    path: failedRun, ends: { outcome: 'FAILED', exitCode: 17, reason: 'StepFailed' }, steps: 2,
  },
  'has a post-run that fails': {
    manifest: life('post-run-fails', hooks({ onRun: [script('Work')], onPostRun: [script('Upload', 'exit 5'), script('Never')] })),
    path: [...untilRun, 'SUCCEEDED', 'POST_RUN', 'POST_RUN_FAILED', ...torn], ends: { outcome: 'FAILED', reason: 'StepFailed' }, steps: 2,
  },
  'outlives its TTL while it is configured': {
    manifest: life('ttl-configuring', { ...hooks({ onConfigure: [long], onRun: [script('Work')] }), ttlSeconds: 60 }),
    drive: outlive,
    path: ['ACQUIRING_CAPACITY', 'CONFIGURING', 'CONFIGURATION_FAILED', ...torn],
    ends: { outcome: 'TIMED_OUT', reason: 'TtlExceeded' }, steps: 1,
  },
  'outlives its TTL while it runs': {
    manifest: life('ttl-running', { ...hooks({ onRun: [long], onPostRun: [script('Upload')] }), ttlSeconds: 60 }),
    drive: outlive,
    path: failedRun, ends: { outcome: 'TIMED_OUT', reason: 'TtlExceeded' }, steps: 2,
  },
  'is cancelled while it waits': {
    manifest: life('cancel-pending', hooks({ onRun: [script('Work')] }), 'lives-held'),
    prepare: ({ jobs }) => jobs.pauseNamespace('lives-held'),
    drive: async ({ jobs }, job) => {
      await jobs.cancel(job);
      await jobs.ends(job);
      await jobs.resumeNamespace('lives-held');
    },
    path: ['DONE'], ends: { outcome: 'CANCELLED', reason: 'Cancelled' }, steps: 0,
  },
  'is cancelled while it is parked': {
    manifest: life('cancel-parked', { nodePools: onlyAs('r6i.2xlarge') }),
    drive: async (cloud, job) => {
      await cloud.jobs.happens(job, 'Parked');
      await cloud.jobs.cancel(job);
    },
    path: ['ACQUIRING_CAPACITY', ...torn], ends: { outcome: 'CANCELLED', reason: 'Cancelled' }, steps: 0,
  },
  'is cancelled while it is configured': {
    manifest: life('cancel-configuring', hooks({ onConfigure: [script('Set up', 'echo here', 'sleep 500')], onRun: [script('Work')] })),
    drive: cancelIn('CONFIGURING', true),
    path: ['ACQUIRING_CAPACITY', 'CONFIGURING', ...torn], ends: { outcome: 'CANCELLED', reason: 'Cancelled' }, steps: 1,
  },
  'is cancelled while it runs': {
    manifest: life('cancel-running', hooks({ onRun: [script('Work', 'echo here', 'sleep 500')], onPostRun: [script('Upload')] })),
    drive: cancelIn('RUNNING', true),
    path: failedRun, ends: { outcome: 'CANCELLED', reason: 'Cancelled' }, steps: 2,
  },
  'is cancelled during its post-run': {
    manifest: life('cancel-post-run', hooks({ onRun: [script('Work')], onPostRun: [script('Upload', 'echo here', 'sleep 500')] })),
    drive: cancelIn('POST_RUN', true),
    path: well, ends: { outcome: 'SUCCEEDED', exitCode: 0 }, steps: 2,
  },
  'is a cluster that is released': {
    manifest: life('released', hooks({ onPostRun: [script('Upload')] })),
    drive: async ({ jobs }, job) => {
      await jobs.reaches(job, 'RUNNING');
      await jobs.release(job);
    },
    path: well, ends: { outcome: 'SUCCEEDED' }, steps: 1,
  },
  'finds no capacity in time': {
    manifest: life('no-capacity', { nodePools: onlyAs('m6i.4xlarge'), capacity: { timeoutSeconds: 60 } }),
    prepare: (cloud) => thereAre(cloud, 'm6i.4xlarge', 0),
    path: ['ACQUIRING_CAPACITY', 'PROVISIONING_FAILED'], ends: { outcome: 'NO_CAPACITY', reason: 'CapacityTimeout' }, steps: 0,
  },
  'fails once and is retried': {
    manifest: life('retried', { ...hooks({ onRun: [script('Work', '[ "$ORCH_ATTEMPT" -eq 2 ]')] }), retry: { maxAttempts: 2, on: ['FAILED'] } }),
    path: [...failedRun.slice(0, -1), 'PENDING', ...well], ends: { outcome: 'SUCCEEDED', attempt: 2 }, steps: 2,
  },
  'finds no capacity in time, and some in its next attempt': {
    manifest: life('capacity-later', { nodePools: onlyAs('m6i.2xlarge'), ...hooks({ onRun: [script('Work')] }), capacity: { timeoutSeconds: 60 }, retry: { maxAttempts: 2, on: ['NO_CAPACITY'] } }, 'lives-later'),
    prepare: (cloud) => thereAre(cloud, 'm6i.2xlarge', 0),
    // The next attempt is held back until there is something: what it found missing would cool for as long as it has.
    drive: async (cloud, job) => {
      await cloud.jobs.happens(job, 'Parked');
      await cloud.jobs.pauseNamespace('lives-later');
      await cloud.jobs.happens(job, 'AttemptRetried');
      await thereAre(cloud, 'm6i.2xlarge', 10);
      await cloud.jobs.resumeNamespace('lives-later');
    },
    path: ['ACQUIRING_CAPACITY', 'PENDING', ...well], ends: { outcome: 'SUCCEEDED', exitCode: 0, attempt: 2 }, steps: 1,
  },
  'has its launch refused, which no other attempt cures': {
    manifest: life('refused', { ...hooks({ onRun: [script('Work')] }), retry: { maxAttempts: 2, on: ['FAILED'] } }, 'lives-refused'),
    prepare: ({ fleet }) => fleet.breaks('lives-refused', { kind: 'fail', action: 'CreateFleet', code: 'InvalidParameterValue', count: 1 }),
    path: ['ACQUIRING_CAPACITY', 'PROVISIONING_FAILED'], ends: { outcome: 'FAILED', attempt: 1, reason: 'LaunchRejected' }, steps: 0,
  },
  'has a node that does not go': {
    manifest: life('stays', hooks({ onRun: [script('Work')] }), 'lives-stays'),
    prepare: ({ fleet }) => fleet.breaks('lives-stays', { kind: 'terminateIgnored', seconds: 10_000 }),
    drive: cancelTooLate,
    path: [...well.slice(0, -1), 'DESTRUCTION_FAILED'], ends: { outcome: 'SUCCEEDED' }, steps: 1,
  },
};
