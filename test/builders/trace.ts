import { epochMs } from '../../core/job/ids.ts';
import type { Job } from '../../core/job/job.ts';
import type { JobState, Outcome } from '../../core/lifecycle/states.ts';
import type { ToldLaunch } from '../../core/trace/launches.ts';
import type { Span, Trace } from '../../core/trace/span.ts';
import type { TracedEvent, TracedJob } from '../../core/trace/traced.ts';
import { aJob } from './job.ts';

/** When the job of these histories was submitted. */
export const SUBMITTED_MS = 1_700_000_000_000;

/** An entry of a history before it has its number: seconds since the submission, its attempt. */
export type Told = Omit<TracedEvent, 'number' | 'atMs' | 'attempt' | 'message'> & { readonly message?: string };

/** A job that has a trace. */
export function aTracedJob(fields: Partial<Job & Pick<TracedJob, 'attempts' | 'waiting'>> = {}): TracedJob {
  return { ...aJob({ submittedAtMs: epochMs(SUBMITTED_MS) }), attempts: [{ attempt: 1 }], ...fields };
}

/** A history: each entry with the seconds since submission at which it was written, and its attempt. */
export function aHistory(...entries: readonly (readonly [seconds: number, told: Told, attempt?: number])[]): TracedEvent[] {
  return entries.map(([seconds, told, attempt = 1], i) => ({ number: i + 1, atMs: epochMs(SUBMITTED_MS + seconds * 1000), attempt, message: `entry ${i + 1}`, ...told }));
}

export const submitted: Told = { type: 'JobSubmitted' };

export function moved(from: JobState, to: JobState, outcome?: Outcome, message?: string): Told {
  return { type: 'StateChanged', from, to, ...(outcome === undefined ? {} : { data: { outcome } }), ...(message === undefined ? {} : { message }) };
}

export function aToldLaunch(fields: Partial<ToldLaunch> = {}): ToldLaunch {
  return { ordinal: 1, pool: 'workers', asked: 4, launched: 4, market: 'spot', types: ['c6i.large'], zones: ['us-east-1a'], codes: [], atMs: SUBMITTED_MS + 2_100, tookMs: 400, ...fields };
}

/** The life of a job that fails on a node, from its submission to its end. */
export const failedLife = (): TracedEvent[] =>
  aHistory(
    [0, submitted],
    [2, moved('PENDING', 'ACQUIRING_CAPACITY')],
    [3, { type: 'GangReleased', data: { shortfall: 2, launches: [aToldLaunch({ launched: 2, codes: ['InsufficientInstanceCapacity'] })] } }],
    [4, { type: 'Parked', data: { until: '2023-11-14T22:14:20.000Z' }, message: 'no capacity' }],
    [10, { type: 'TurnGiven' }],
    [12, { type: 'CapacityAcquired', data: { nodes: 4, launches: [aToldLaunch({ ordinal: 2, atMs: SUBMITTED_MS + 10_500, tookMs: 1_000 })] } }],
    [12, moved('ACQUIRING_CAPACITY', 'CONFIGURING')],
    [20, { type: 'NodesOnline' }],
    [21, { type: 'StepStarted', data: { step: 'configure/0', name: 'Share /data', system: true } }],
    [23, { type: 'StepFinished', data: { step: 'configure/0', name: 'Share /data', kind: 'phaseDone', exitCode: 0 } }],
    [24, moved('CONFIGURING', 'RUNNING')],
    [24, { type: 'StepStarted', data: { step: 'run/0', name: 'Train', system: false } }],
    [50, { type: 'StepFinished', data: { step: 'run/0', name: 'Train', kind: 'failed', exitCode: 7 }, message: 'Train exited with 7 on head-0.' }],
    [51, moved('RUNNING', 'RUN_FAILED', 'FAILED', 'Train exited with 7 on head-0.')],
    [51, moved('RUN_FAILED', 'POST_RUN', 'FAILED')],
    [55, moved('POST_RUN', 'DESTROYING', 'FAILED')],
    [60, moved('DESTROYING', 'DONE', 'FAILED')],
  );

/** What is wrong with the form of a trace: empty where one root has all others below it, each within its parent. */
export function flawsOf({ spans }: Trace): string[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const flaws = spans.flatMap((span) => spanFlaws(span, byId));
  if (byId.size !== spans.length) flaws.push('two spans have the same id');
  if (spans.filter(({ parentId }) => parentId === undefined).length !== 1) flaws.push('there is not one root');
  if (spans[0]?.parentId !== undefined) flaws.push('the root is not the first');
  return flaws;
}

function spanFlaws(span: Span, byId: ReadonlyMap<string, Span>): string[] {
  const { spanId, parentId, startMs, endMs = Infinity } = span;
  const parent = parentId === undefined ? undefined : byId.get(parentId);
  const flaws = [];
  if (!/^(?!0{16})[0-9a-f]{16}$/.test(spanId)) flaws.push(`${spanId} is no id`);
  if (endMs < startMs) flaws.push(`${spanId} ends before it begins`);
  if (parentId !== undefined && parent === undefined) flaws.push(`${spanId} is an orphan`);
  if (parent !== undefined && (startMs < parent.startMs || endMs > (parent.endMs ?? Infinity))) flaws.push(`${spanId} is not within ${parentId}`);
  return flaws;
}
