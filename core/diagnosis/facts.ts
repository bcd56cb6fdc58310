import { errorScope, knownScope, type ErrorScope } from '../capacity/error-scope.ts';
import type { Job, JobEvent, Node } from '../job/job.ts';
import type { JobState } from '../lifecycle/states.ts';
import { caughtError, type CaughtError } from './caught-error.ts';
import { cloudErrors } from './cloud-errors.ts';
import type { CloudError } from './diagnosis.ts';
import type { Holding, JobCase } from './job-case.ts';
import { failedStep, type FailedStep } from './step-end.ts';

/** What rules look at: a case, sorted and read. */
export interface Facts {
  readonly job: Job;
  readonly nowMs: number;
  /** Of the current attempt: each event once, in order. */
  readonly events: readonly JobEvent[];
  /** Code and text of the job's reason; empty without one. */
  readonly code: string;
  readonly message: string;
  /** Whether it is decided how it ends. */
  readonly isDecided: boolean;
  readonly failed?: FailedStep;
  /** All that is known of what the failed step wrote. */
  readonly words: string;
  readonly caught?: CaughtError;
  readonly cloud: readonly CloudError[];
  /** What the codes are about that keep it from machines. */
  readonly shortOf: ReadonlySet<ErrorScope>;
  readonly nodes: readonly Node[];
  readonly holding?: Holding;
  /** When a scheduler was seen last. */
  readonly scheduledAtMs?: number;
}

/** Reads a case. */
export function factsOf(known: JobCase): Facts {
  const { nodes = [], holding, lines = [], nowMs, scheduledAtMs } = known;
  const job = withOutcome(known.job);
  const events = eventsOf(known);
  const failed = failedStep(job, events);
  const caught = job.outcome === 'FAILED' || job.outcome === 'INTERRUPTED' ? caughtError(job.reason) : undefined;
  const cloud = cloudErrors(known.launches ?? []);
  return {
    job, nowMs, events, nodes, cloud,
    code: job.reason?.code ?? '',
    message: job.reason?.message ?? '',
    isDecided: job.outcome !== undefined,
    words: failed === undefined ? '' : [failed.tail, ...lines.map(({ message }) => message)].join('\n'),
    shortOf: scopesOf(known, cloud, events),
    ...(failed === undefined ? {} : { failed }),
    ...(caught === undefined ? {} : { caught }),
    ...(holding === undefined ? {} : { holding }),
    ...(scheduledAtMs === undefined ? {} : { scheduledAtMs }),
  };
}

const badStates: readonly JobState[] = ['PROVISIONING_FAILED', 'CONFIGURATION_FAILED', 'RUN_FAILED', 'POST_RUN_FAILED', 'DONE'];

/** A job that has come to a bad state without an outcome, which none should, has failed. */
const withOutcome = (job: Job): Job => (job.outcome === undefined && badStates.includes(job.state) ? { ...job, outcome: 'FAILED' } : job);

/** The step whose end decided how the current attempt ended, if one did. */
export const failedStepIn = (known: JobCase): FailedStep | undefined => failedStep(known.job, eventsOf(known));

function eventsOf({ history, job }: JobCase): readonly JobEvent[] {
  const own = history.filter(({ attempt }) => attempt === job.attempt);
  return [...new Map(own.map((event) => [event.number, event])).values()].toSorted((a, b) => a.number - b.number);
}

/** By what cools now, else by what its last launches were told, else by what its reason quotes: each is of the same moment. */
function scopesOf({ job, holding }: JobCase, cloud: readonly CloudError[], events: readonly JobEvent[]): ReadonlySet<ErrorScope> {
  const cooling = holding?.cooling?.map(({ code }) => code) ?? [];
  const told = cloud.map(({ code }) => code);
  const quoted = (job.reason?.message ?? '').match(/[A-Za-z]+(?:\.[A-Za-z]+)?/g)?.filter((word) => knownScope(word) !== undefined) ?? [];
  const codes = [cooling.filter((code) => code !== 'Paused'), told, codesOf(events), quoted].find((each) => each.length > 0) ?? [];
  return new Set(codes.map(errorScope));
}

/** Codes of the last turn that brought nothing, as the history has them. */
function codesOf(events: readonly JobEvent[]): readonly string[] {
  const launches: unknown = events.findLast(({ type }) => type === 'GangReleased' || type === 'LaunchTried')?.data?.['launches'];
  if (!Array.isArray(launches)) return [];
  return launches.flatMap((launch: unknown) => (typeof launch === 'object' && launch !== null && 'codes' in launch && Array.isArray(launch.codes) ? launch.codes.map(String) : []));
}
