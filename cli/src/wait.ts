import { OrchestratorApiError, hasEnded, waitForJob } from '@advanced-orchestrator/sdk';
import type { JobDetail, JobRef } from '@advanced-orchestrator/sdk';
import { exitCodes, outcomeCodes } from './exit-codes.ts';
import { writeJson } from './output/json.ts';
import { printable } from './output/printable.ts';
import { count, standing, time } from './output/words.ts';
import type { Session } from './session.ts';

/**
 * Waits until a job has ended, and shows where it is meanwhile.
 *
 * @returns the exit code of its outcome, or that of Ctrl-C, which ends only the waiting.
 */
export async function waitAndReport(session: Session, ref: JobRef): Promise<number> {
  const { terminal } = session;
  const progress = terminal.startProgress(`job ${ref.jobId}`);
  try {
    let shown = '';
    const onChange = (job: JobDetail): void => {
      const text = standingText(job);
      if (text !== shown) progress.update(`${time(job.updatedAt)}  ${text}`);
      shown = text;
    };
    const job = await waitForJob(session.client(), ref, { signal: terminal.signal, wait: terminal.wait, onChange });
    progress.stop();
    return report(session, job);
  } catch (error) {
    progress.stop();
    if (!(error instanceof OrchestratorApiError)) terminal.err(goesOn(ref));
    if (terminal.signal.aborted) return exitCodes.interrupted;
    throw error;
  }
}

function standingText(job: JobDetail): string {
  const { state, attempt, maxAttempts, waiting, cancelRequestedBy } = job;
  const living = hasEnded(job) ? 0 : job.nodes.filter(({ goneAt }) => goneAt === undefined).length;
  const facts = [
    state,
    maxAttempts > 1 ? `attempt ${attempt} of ${maxAttempts}` : '',
    living > 0 ? count(living, 'node') : '',
    cancelRequestedBy === undefined || hasEnded(job) ? '' : 'being cancelled',
    waiting === undefined ? '' : printable(waiting.message),
  ];
  return facts.filter((fact) => fact !== '').join(', ');
}

function report(session: Session, job: JobDetail): number {
  const { terminal, colours, json } = session;
  if (json) writeJson(session, job);
  else terminal.out(`job ${job.jobId} ${standing(colours, job)}\n`);
  const isFine = job.outcome === 'SUCCEEDED';
  if (!isFine && job.reason !== undefined) terminal.err(`${printable(job.reason.message)}\n`);
  if (!isFine) terminal.err(`Why: orch why ${job.namespace}/${job.jobId}\n`);
  if (job.state === 'DESTRUCTION_FAILED') terminal.err('Not all of its machines are known to be gone; the orchestrator goes on ending them.\n');
  return job.outcome === undefined ? exitCodes.serviceFailed : outcomeCodes[job.outcome];
}

function goesOn({ namespace, jobId }: JobRef): string {
  return `The job goes on without this command.\n  wait for it again:  orch wait ${namespace}/${jobId}\n  stop it:            orch cancel ${namespace}/${jobId}\n`;
}
