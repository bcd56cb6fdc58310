import type { JobId } from '../../../core/job/ids.ts';
import { jobId } from '../../../core/job/ids.ts';
import type { Phase } from '../../../core/lifecycle/task.ts';
import { phases } from '../../../core/lifecycle/task.ts';
import { stepKey } from '../../../core/runtimes/node-step.ts';

/** Which step a command was sent for. */
export interface CommandPurpose {
  readonly jobId: JobId;
  readonly attempt: number;
  /** `<phase>/<index>`. */
  readonly step: string;
}

const COMMENT = /^(?<job>[0-9a-z]+)\/(?<attempt>\d+)\/(?<phase>[a-zA-Z]+)\/(?<index>\d+)$/;

/** The comment of a command: what tells its step to whoever sees only the command. */
export const commentOf = (job: JobId, attempt: number, phase: Phase, index: number): string => `${job}/${attempt}/${stepKey(phase, index)}`;

/** The step of a command, or `undefined` for a command that is not ours. */
export function purposeOf(comment: string | undefined): CommandPurpose | undefined {
  const parts = COMMENT.exec(comment ?? '')?.groups;
  const phase = phases.find((known) => known === parts?.['phase']);
  if (parts === undefined || phase === undefined) return undefined;
  return { jobId: jobId(parts['job'] ?? ''), attempt: Number(parts['attempt']), step: stepKey(phase, Number(parts['index'])) };
}
