import { isoTime } from '../job/ids.ts';
import type { Job, Node, Reason } from '../job/job.ts';
import { isTerminal } from './states.ts';
import { ttlDeadline } from './time-over.ts';
import type { StepRecord, Wait } from './wait.ts';

/** What is known of a job that has left the queue. */
export interface JobProgress {
  readonly job: Job;
  readonly wait?: Wait;
  /** The step that the wait is about. */
  readonly step?: StepRecord;
  /** Machines of the current attempt. */
  readonly nodes: readonly Node[];
  /** Machines that its search for capacity has found so far. */
  readonly found: number;
}

/** Says what a job does that has left the queue, or how it ended. Not for parked jobs. */
export function describeProgress(progress: JobProgress): Reason {
  const { job } = progress;
  const cancel = job.cancelRequestedBy === undefined || isTerminal(job.state) ? '' : ` ${job.cancelRequestedBy} has asked to cancel it.`;
  const { code, message } = byState(progress);
  return { code, message: `${message}${cancel}` };
}

function byState(progress: JobProgress): Reason {
  const { job, nodes, found } = progress;
  switch (job.state) {
    case 'PENDING':
      return { code: 'Pending', message: 'It waits in the queue.' };
    case 'ACQUIRING_CAPACITY':
      return { code: 'LookingForMachines', message: `It looks for machines: it has ${found} of ${nodesOf(job)}.` };
    case 'CONFIGURING':
      return stepText(progress) ?? { code: 'NodesComingUp', message: `Its ${nodesOf(job)} come up, since ${sinceConfiguring(job)}.` };
    case 'RUNNING':
      return runningText(progress);
    case 'POST_RUN':
      return stepText(progress) ?? { code: 'PostRun', message: 'Its post-run begins.' };
    case 'CONFIGURATION_FAILED':
    case 'RUN_FAILED':
    case 'SUCCEEDED':
    case 'POST_RUN_FAILED':
      return { code: 'GoingOn', message: `${endingText(job)} What is left to do goes on.` };
    case 'DESTROYING':
      return { code: 'TearingDown', message: `Its machines are torn down: ${nodes.filter(({ goneAtMs }) => goneAtMs === undefined).length} of ${nodes.length} are not known to be gone. ${endingText(job)}` };
    case 'DESTRUCTION_FAILED':
      return { code: 'DestructionFailed', message: `Not all of its machines are known to be gone; the orchestrator goes on ending them. ${endingText(job)}` };
    case 'PROVISIONING_FAILED':
    case 'DONE':
      return { code: 'Ended', message: endingText(job) };
  }
}

function runningText(progress: JobProgress): Reason {
  const { job, wait } = progress;
  const until = `until ${isoTime(ttlDeadline(job))} at the latest`;
  if (wait?.purpose === 'release') {
    if (job.releaseRequestedBy !== undefined) return { code: 'Released', message: `${job.releaseRequestedBy} has released it: its run is ending.` };
    return { code: 'AwaitingRelease', message: `It is an interactive cluster and runs until it is released, ${until}.` };
  }
  const step = stepText(progress);
  return step === undefined ? { code: 'Running', message: `It runs, ${until}.` } : { ...step, message: `${step.message} It runs ${until}.` };
}

/** The step that the job waits for; `undefined` between two. */
function stepText({ job, wait, step }: JobProgress): Reason | undefined {
  if (wait === undefined || wait.purpose !== 'step' || wait.attempt !== job.attempt || step === undefined || step.finishedAtMs !== undefined) return undefined;
  const where = step.ranks === 'head' ? 'the head node' : 'all nodes';
  const deadline = step.deadlineMs === undefined ? '' : `, and may take until ${isoTime(step.deadlineMs)}`;
  return { code: 'StepRuns', message: `Its step ${step.name} (${step.step}) runs on ${where} since ${isoTime(step.startedAtMs)}${deadline}.` };
}

const sinceConfiguring = (job: Job): string => isoTime(job.configuringAtMs ?? job.updatedAtMs);
const nodesOf = ({ demand: { nodes } }: Job): string => `${nodes} node${nodes === 1 ? '' : 's'}`;

function endingText({ outcome, reason }: Job): string {
  const why = reason === undefined ? '' : `: ${reason.message}`;
  const end = outcome === undefined ? 'Its outcome is not decided yet' : `Its outcome is ${outcome}`;
  return /[.!?]$/.test(why) ? `${end}${why}` : `${end}${why}.`;
}
