import type { CauseText } from '../cause.ts';

const WAITING = 'docs/runbook/jobs.md#a-job-waits-for-its-turn';

/** Why a job waits in the queue though the cloud may have machines. */
export const waitingCauses = {
  WaitingForLimit: {
    bearing: 'waits',
    means: 'A limit of the shares is reached: of the deployment, a group, the namespace or the user.',
    youCanDo: ['End jobs that are not needed any more (orch list, orch cancel).'],
    operatorCanDo: ['Raise the limit in the shares (orch shares apply).'],
    runbook: WAITING,
  },
  WaitingForGuarantees: {
    bearing: 'waits',
    means: 'What is free is kept for those to whom it is guaranteed.',
    youCanDo: [],
    operatorCanDo: ['Lower guarantees that nobody uses (orch shares apply).'],
    runbook: WAITING,
  },
  WaitingForTurn: {
    bearing: 'waits',
    means: 'Jobs that come before it, by priority, fair share or time of submission, take what there is.',
    youCanDo: ['See where it stands: orch explain {job}', 'Bring it forward with a higher priority: orch priority {job} high'],
    operatorCanDo: ['Look how the shares stand (orch queue), and whether their weights are right.'],
    runbook: WAITING,
  },
  WaitingBehindReservation: {
    bearing: 'waits',
    means: 'There is room for it, but it would delay a job that comes before it.',
    youCanDo: ['Ask for less time (ttlSeconds): a job that is sure to be over in time passes.'],
    operatorCanDo: [],
    runbook: WAITING,
  },
  WaitingForLaunches: {
    bearing: 'waits',
    means: 'As many jobs look for machines as may at once.',
    youCanDo: [],
    operatorCanDo: ['Raise maxLaunchesInFlight in the shares.'],
    runbook: WAITING,
  },
  Paused: {
    bearing: 'waits',
    means: 'An operator holds back the queue, the namespace, a market or an offering.',
    youCanDo: ['Ask whoever has paused it, or wait.'],
    operatorCanDo: ['Let it go on: orch admin resume.'],
    runbook: WAITING,
  },
  TooLarge: {
    bearing: 'waits',
    means: 'It asks for more than a limit allows to anybody, so it never starts.',
    youCanDo: ['Cancel it (orch cancel {job}), and submit one that asks for less.'],
    operatorCanDo: ['Raise the limit in the shares, if it is meant to run.'],
    runbook: WAITING,
  },
  StartsNext: {
    bearing: 'well',
    means: 'Nothing holds it: the scheduler takes it with its next cycle.',
    youCanDo: [],
    operatorCanDo: [],
    runbook: 'docs/runbook/jobs.md#nothing-is-amiss',
  },
  SchedulerSilent: {
    bearing: 'waits',
    means: 'It may start and has been left for minutes: the scheduler seems not to run.',
    youCanDo: ['Tell the operator; the job starts by itself once the scheduler runs.'],
    operatorCanDo: ['Invoke the scheduler by hand, and see why its rule or its stream does not.'],
    runbook: 'docs/runbook/README.md#scheduler-silent',
  },
} as const satisfies Readonly<Record<string, CauseText>>;
