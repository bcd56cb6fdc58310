import type { JobId } from '../job/ids.ts';
import type { Phase } from '../lifecycle/task.ts';
import { phases } from '../lifecycle/task.ts';

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

/** The span of a step in its job's trace: distinct by attempt, phase and index, and never the invalid all-zero id. */
function stepSpanId(attempt: number, phase: Phase, index: number): string {
  return hex(BigInt(attempt), 8) + hex(BigInt(phases.indexOf(phase) + 1), 2) + hex(BigInt(index), 6);
}

/** W3C `traceparent` of a step: what its processes continue the job's trace from. */
export function stepTraceparent(jobId: JobId, attempt: number, phase: Phase, index: number): string {
  return `00-${traceIdOf(jobId)}-${stepSpanId(attempt, phase, index)}-01`;
}

const hex = (value: bigint, digits: number): string => value.toString(16).padStart(digits, '0').slice(-digits);
