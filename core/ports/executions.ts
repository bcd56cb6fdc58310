import type { JobId } from '../job/ids.ts';
import type { TaskAnswer } from '../lifecycle/task.ts';

export interface ExecutionStart {
  readonly jobId: JobId;
  readonly attempt: number;
  /** `destroy`: only tear down, for an attempt whose execution died. */
  readonly from: 'acquire' | 'destroy';
  /** 0 for the first execution of an attempt; tells those apart that are started in place of one that died. */
  readonly generation: number;
}

/** Executions of the job lifecycle. Starting the same one again answers the one that runs. */
export interface Executions {
  start(start: ExecutionStart): Promise<{ readonly executionArn: string }>;
  status(executionArn: string): Promise<'running' | 'succeeded' | 'failed' | 'unknown'>;
}

/** Task tokens. The first answer wins; a second one, or one for a task that is over, is `gone`. */
export interface TaskTokens {
  answer(token: string, answer: TaskAnswer): Promise<'answered' | 'gone'>;
}
