import type { JobId } from '../job/ids.ts';
import { phases } from '../lifecycle/task.ts';
import type { NodeStep, StepPhase } from './node-step.ts';

type StepPlace = Pick<NodeStep, 'phase' | 'index' | 'round'>;

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * The trace of a job: its id, a ULID, is 128 bits as a trace id is. So every part of the system knows the trace of a
 * job without being told.
 */
export function traceIdOf(jobId: JobId): string {
  let value = 0n;
  for (const letter of jobId.toLowerCase()) value = value * 32n + BigInt(Math.max(0, CROCKFORD.indexOf(letter)));
  return hex(value, 32);
}

const places: readonly StepPhase[] = [...phases, 'aside'];

/** The span of a step in its job's trace: distinct by attempt, phase, index and round, and never the invalid all-zero id. */
export function stepSpanId(attempt: number, { phase, index, round = 0 }: StepPlace): string {
  return hex(BigInt(round), 2) + hex(BigInt(attempt), 6) + hex(BigInt(places.indexOf(phase) + 1), 2) + hex(BigInt(index), 6);
}

/** W3C `traceparent` of a step: what its processes continue the job's trace from. */
export function stepTraceparent(jobId: JobId, attempt: number, place: StepPlace): string {
  return `00-${traceIdOf(jobId)}-${stepSpanId(attempt, place)}-01`;
}

const hex = (value: bigint, digits: number): string => value.toString(16).padStart(digits, '0').slice(-digits);
