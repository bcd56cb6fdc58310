import type { JobId } from '../../../core/job/ids.ts';
import { jobId } from '../../../core/job/ids.ts';
import { parseStepKey, stepKey, type NodeStep } from '../../../core/runtimes/node-step.ts';

/** Which step a command was sent for. */
export interface CommandPurpose {
  readonly jobId: JobId;
  readonly attempt: number;
  /** As `stepKey` makes it. */
  readonly step: string;
}

const COMMENT = /^(?<job>[0-9a-z]+)\/(?<attempt>\d+)\/(?<step>.+)$/;

/** The comment of a command: what tells its step to whoever sees only the command. */
export const commentOf = (job: JobId, attempt: number, step: Pick<NodeStep, 'phase' | 'index' | 'round'>): string => `${job}/${attempt}/${stepKey(step)}`;

/** The step of a command, or `undefined` for a command that is not ours. */
export function purposeOf(comment: string | undefined): CommandPurpose | undefined {
  const parts = COMMENT.exec(comment ?? '')?.groups;
  const step = parts?.['step'];
  if (parts === undefined || step === undefined || parseStepKey(step) === undefined) return undefined;
  return { jobId: jobId(parts['job'] ?? ''), attempt: Number(parts['attempt']), step };
}
