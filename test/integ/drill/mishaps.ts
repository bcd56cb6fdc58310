import type { ClusterDefinition } from '../../../core/manifest/schema.ts';
import { eventually } from '../../../local/eventually.ts';
import type { JobDetail, JobEvent, JobRef } from '../../../sdk/src/index.ts';
import { killWorkers } from '../cloud/function-workers.ts';
import { aCluster, script } from '../cloud/manifests.ts';
import type { SharedCloud } from '../cloud/shared-cloud.ts';
import { watchedSiteOptions } from '../cloud/site.ts';

type Fault = Parameters<SharedCloud['fleet']['breaks']>[1];

/** Something that goes wrong in the middle of a job, and how the job ends all the same. */
export interface Mishap {
  readonly manifest: ClusterDefinition;
  /** Faults of the fleet for whatever carries the job's namespace: they stand before the job is there. */
  readonly faults?: readonly Fault[];
  /** Faults for whatever names the job's id, which is all that some requests do: they stand before it is admitted. */
  readonly faultsOfJob?: readonly Fault[];
  readonly drive?: (cloud: SharedCloud, job: JobRef) => Promise<void>;
  readonly ends: Partial<Pick<JobDetail, 'state' | 'outcome' | 'exitCode' | 'attempt'>> & { readonly reason?: string };
  /** How often the job's steps begin. */
  readonly steps: number;
  /** Instances that were launched for the job in all. */
  readonly launched: number;
  /** What the history tells of it. */
  readonly told?: JobEvent['type'];
  /** What rings for it, and rightly. */
  readonly alarm?: string;
}

const work = { onConfigure: [script('Set up')], onRun: [script('Work')] };
const succeeded = { state: 'DONE', outcome: 'SUCCEEDED', exitCode: 0 } as const;
const mishap = (name: string, spec: Partial<ClusterDefinition['spec']> = { hooks: work }): ClusterDefinition => aCluster(`mishap-${name}`, name, spec);

/** The SDK tries a call three times; of so many failures the first invocation fails, and the machine's retry succeeds. */
const onceTooOften = 4;

/** Every mishap, by what happens. */
export const mishaps: Readonly<Record<string, Mishap>> = {
  'EC2 throttles the launch': {
    manifest: mishap('throttled'),
    faults: [{ kind: 'throttle', action: 'CreateFleet', count: onceTooOften }],
    ends: succeeded, steps: 2, launched: 1,
  },
  'EC2 launches, and its answers are lost': {
    manifest: mishap('answer-lost'),
    faults: [{ kind: 'launchThenFail', how: 'drop', count: 1 }],
    ends: succeeded, steps: 2, launched: 1,
  },
  'a function is killed after CreateFleet has launched': {
    manifest: mishap('killed'),
    faultsOfJob: [{ kind: 'slowAnswer', action: 'DescribeInstances', milliseconds: 8_000, count: 1 }],
    drive: async (cloud, job) => {
      await eventually('EC2 has launched', async () => (await cloud.fleet.instancesOf(job.jobId)).length > 0);
      if ((await killWorkers(cloud, 'AcquireCapacity', watchedSiteOptions.dir)) === 0) throw new Error('Nothing was there to be killed.');
    },
    ends: succeeded, steps: 2, launched: 1,
  },
  'a task throws, and succeeds when it is tried again': {
    manifest: mishap('throws'),
    faultsOfJob: [
      { kind: 'fail', action: 'SendCommand', code: 'InternalServerError', status: 500, count: onceTooOften },
      { kind: 'fail', action: 'TerminateInstances', code: 'InternalError', status: 500, count: onceTooOften },
    ],
    ends: succeeded, steps: 2, launched: 1,
  },
  'a task throws whenever it is tried': {
    manifest: mishap('throws-always'),
    faultsOfJob: [{ kind: 'fail', action: 'SendCommand', code: 'InvalidDocument' }],
    ends: { state: 'DONE', outcome: 'FAILED' }, steps: 0, launched: 1, alarm: 'JobsUnexplained',
  },
  'every event comes twice': {
    manifest: mishap('twice'),
    faults: [{ kind: 'duplicateEvents' }],
    ends: succeeded, steps: 2, launched: 1,
  },
  'a command is answered twice': {
    manifest: mishap('answered-twice'),
    faults: [{ kind: 'commandAnsweredTwice' }],
    ends: succeeded, steps: 2, launched: 1,
  },
  'events are lost': {
    manifest: mishap('events-lost', { hooks: { onRun: [script('Work')] } }),
    faults: [{ kind: 'lostEvents' }],
    ends: succeeded, steps: 1, launched: 1,
  },
  'a command never answers': {
    manifest: mishap('silent', { hooks: { onRun: [{ ...script('Work'), timeoutSeconds: 5 }] } }),
    faults: [{ kind: 'commandNeverAnswers', count: 1 }],
    ends: succeeded, steps: 1, launched: 1,
  },
  'a node never registers': {
    manifest: mishap('never-registers'),
    faults: [{ kind: 'neverRegister', count: 1 }],
    ends: succeeded, steps: 2, launched: 2, told: 'NodeReplaced',
  },
  'EC2 takes a Spot node back': {
    manifest: mishap('interrupted', {
      nodePools: [{ name: 'head', count: 1, instanceType: 'm6i.large', purchaseOption: 'Spot' }],
      hooks: { onRun: [script('Work', 'echo here', '[ "$ORCH_ATTEMPT" -eq 2 ] || sleep 500')] },
      retry: { maxAttempts: 2, on: ['INTERRUPTED'] },
    }),
    drive: async ({ jobs, fleet }, job) => {
      await jobs.writes(job, 'here');
      await fleet.interruptOne(job.jobId);
    },
    ends: { ...succeeded, attempt: 2 }, steps: 2, launched: 2, told: 'NodeInterrupted',
  },
  'its execution is stopped': {
    manifest: mishap('stopped', { hooks: { onRun: [script('Work', 'echo here', 'sleep 500')] } }),
    drive: async (cloud, job) => {
      await cloud.jobs.writes(job, 'here');
      await cloud.account.stopExecution(job.jobId);
    },
    ends: { state: 'DONE', outcome: 'FAILED', reason: 'ExecutionDied' }, steps: 1, launched: 1, told: 'Reconciled',
  },
};
