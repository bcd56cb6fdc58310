import type { Job, JobEvent, SchedulerReport } from '../job/job.ts';
import { schedulerReportOf } from '../job/scheduler-report.ts';
import type { Phase } from '../lifecycle/task.ts';
import { parseStepKey } from '../runtimes/node-step.ts';
import type { StepEnd } from './diagnosis.ts';
import { signalOf } from './signals.ts';

/** A step that ended badly, as its event in the history tells. */
export interface FailedStep extends StepEnd {
  readonly phase: Phase;
  /** Of the orchestrator itself. */
  readonly system: boolean;
  readonly timedOut: boolean;
  /** What it wrote last, as the node told it. */
  readonly tail: string;
  readonly scheduler?: SchedulerReport;
  readonly event: JobEvent;
}

/** How `StepFinished` says that it ended badly by itself. */
const badEnds: readonly unknown[] = ['failed', 'timedOut', 'error'];
/** Reasons that the end of a step may be behind. */
const byStep: readonly string[] = ['StepFailed', 'StepTimedOut', 'NodeLost', 'Unexplained'];

/** What the lifecycle writes of a step that failed, behind its name. */
const END = /^ (?:exited with|ran out of time; exit code) (?<code>-?\d+) on (?<node>[a-z0-9-]+)(?: \(and on (?<others>\d+) other nodes\))?(?:\.$|: (?<tail>[\s\S]*))/;

/**
 * The step whose end decided how an attempt ended, or is about to: the one that the job's reason quotes, else the last that
 * ended badly. `undefined` where no step did, or something else decided.
 *
 * @param events of the attempt, in order
 */
export function failedStep({ reason, outcome }: Pick<Job, 'reason' | 'outcome'>, events: readonly JobEvent[]): FailedStep | undefined {
  if (outcome === 'SUCCEEDED' || outcome === 'CANCELLED') return undefined;
  if (reason !== undefined && !byStep.includes(reason.code)) return undefined;
  const finished = events.filter(({ type }) => type === 'StepFinished');
  // Before the job has a reason only the last step can be what fails it.
  const bad = (reason === undefined && outcome === undefined ? finished.slice(-1) : finished).filter(({ data }) => badEnds.includes(data?.['kind']));
  const quoted = bad.find(({ message }) => reason?.message.includes(message));
  const event = quoted ?? (reason?.code === 'NodeLost' ? undefined : bad.at(-1));
  return event === undefined ? undefined : stepOf(event, events);
}

function stepOf(event: JobEvent, events: readonly JobEvent[]): FailedStep | undefined {
  const { data = {}, message } = event;
  const key = typeof data['step'] === 'string' ? data['step'] : '';
  const place = parseStepKey(key);
  if (place === undefined) return undefined;
  const name = typeof data['name'] === 'string' ? data['name'] : key;
  const said = message.startsWith(name) ? END.exec(message.slice(name.length))?.groups : undefined;
  const exitCode = typeof data['exitCode'] === 'number' ? data['exitCode'] : said?.['code'] === undefined ? undefined : Number(said['code']);
  const signal = exitCode === undefined ? undefined : signalOf(exitCode);
  const scheduler = schedulerReportOf(data['scheduler']);
  return {
    key, name, phase: place.phase,
    system: events.some((other) => other.type === 'StepStarted' && other.data?.['step'] === key && other.data['system'] === true),
    timedOut: data['kind'] === 'timedOut',
    otherNodes: Number(said?.['others'] ?? 0),
    tail: said?.['tail'] ?? '',
    event,
    ...(said?.['node'] === undefined ? {} : { node: said['node'] }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
    ...(scheduler === undefined ? {} : { scheduler }),
  };
}
