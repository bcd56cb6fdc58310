import type { CauseText } from '../cause.ts';

const WELL = 'docs/runbook/jobs.md#nothing-is-amiss';
const STOPPED = 'docs/runbook/jobs.md#a-job-was-stopped';
const UNFORESEEN = 'docs/runbook/jobs.md#an-error-that-nobody-foresaw';

/** Who or what ended a job, apart from its steps and machines; and how jobs stand with which nothing is amiss. */
export const endingCauses = {
  Cancelled: {
    bearing: 'stopped',
    means: 'A user cancelled it.',
    youCanDo: ['Ask whoever cancelled it, or submit it again.'],
    operatorCanDo: [],
    runbook: STOPPED,
  },
  BeingCancelled: {
    bearing: 'stopped',
    means: 'A user has asked to cancel it, and it is being stopped.',
    youCanDo: ['Wait for its machines to be gone: orch wait {job}'],
    operatorCanDo: [],
    runbook: STOPPED,
  },
  TtlExceeded: {
    bearing: 'failed',
    means: 'Its time to live (ttlSeconds) was over, which counts from CONFIGURING.',
    youCanDo: ['Give it more time (ttlSeconds), or see what took so long: orch events {job}', 'Write checkpoints, and have it go on from them (retry.on: [TIMED_OUT]).'],
    operatorCanDo: [],
    runbook: STOPPED,
  },
  DependencyThrottled: {
    bearing: 'failed',
    means: 'A service of AWS asked for fewer calls for so long that a task of the lifecycle gave up.',
    youCanDo: ['Submit it again, or have it retried (retry.on: [FAILED]).'],
    operatorCanDo: ['See which service it was (the error’s message), and have the limit raised if it comes back.'],
    runbook: 'docs/runbook/jobs.md#aws-asks-to-slow-down',
  },
  DeploymentIncomplete: {
    bearing: 'failed',
    means: 'The deployment lacks something that the job needs.',
    youCanDo: ['Tell the operator; submitting it again ends the same.'],
    operatorCanDo: ['Put right what the message names, and deploy.'],
    runbook: UNFORESEEN,
  },
  ExecutionDied: {
    bearing: 'failed',
    means: 'The execution of the state machine ended before the job did, and the reconciler tore the attempt down.',
    youCanDo: ['Submit it again, or have it retried (retry.on: [FAILED]).'],
    operatorCanDo: ['See in Step Functions why the execution ended.'],
    runbook: 'docs/runbook/README.md#executions-failed',
  },
  JobGone: {
    bearing: 'failed',
    means: 'A task found no record of the job any more: the table was changed by other hands, or restored.',
    youCanDo: ['Submit it again.'],
    operatorCanDo: ['See who changed the table, and whether machines of the job are left.'],
    runbook: UNFORESEEN,
  },
  InternalFailure: {
    bearing: 'failed',
    means: 'An error that nobody foresaw ended the attempt.',
    youCanDo: ['Submit it again, or have it retried (retry.on: [FAILED]); tell the operator the job’s id.'],
    operatorCanDo: ['Find it by the job’s id in the logs of lifecycle/*, and report it with its cause.'],
    runbook: UNFORESEEN,
  },
  Unexplained: {
    bearing: 'failed',
    means: 'Nothing in its history says why it ended.',
    youCanDo: ['See its history yourself: orch events {job}', 'Tell the operator the job’s id.'],
    operatorCanDo: ['Find it by the job’s id in the logs of lifecycle/*, and report it.'],
    runbook: UNFORESEEN,
  },
  LookingForMachines: {
    bearing: 'well',
    means: 'It looks for machines.',
    youCanDo: ['Watch it: orch events -f {job}'],
    operatorCanDo: [],
    runbook: WELL,
  },
  ComingUp: {
    bearing: 'well',
    means: 'It has its machines, and they come up or are being configured.',
    youCanDo: ['Watch it: orch logs -f {job}'],
    operatorCanDo: [],
    runbook: WELL,
  },
  Running: {
    bearing: 'well',
    means: 'It runs.',
    youCanDo: ['Watch it: orch logs -f {job}'],
    operatorCanDo: [],
    runbook: WELL,
  },
  AwaitingRelease: {
    bearing: 'well',
    means: 'It is an interactive cluster, and runs until it is released or its time is over.',
    youCanDo: ['End it as succeeded: orch release {job}'],
    operatorCanDo: [],
    runbook: WELL,
  },
  Finishing: {
    bearing: 'well',
    means: 'Its run is over: its post-run, or the teardown of its machines, goes on.',
    youCanDo: ['Wait for it: orch wait {job}'],
    operatorCanDo: [],
    runbook: WELL,
  },
  Released: {
    bearing: 'well',
    means: 'It was an interactive cluster, and was released.',
    youCanDo: [],
    operatorCanDo: [],
    runbook: WELL,
  },
  Succeeded: {
    bearing: 'well',
    means: 'It ended well.',
    youCanDo: [],
    operatorCanDo: [],
    runbook: WELL,
  },
} as const satisfies Readonly<Record<string, CauseText>>;
