import type { StepRecord } from '../../core/lifecycle/wait.ts';
import type { AttemptStore } from '../../core/ports/job-store.ts';
import type { CommandStatus, NodeAnswer } from '../../core/ports/node-commands.ts';
import { nodesOfStep } from '../../core/runtimes/step-result.ts';
import { chooseRuns, hasFailed, type NodeRun } from '../../core/trace/node-runs.ts';
import { tellRuns, type RunsData } from '../../core/trace/told-runs.ts';
import { logFailure } from '../runtime/telemetry.ts';

interface RunsPorts {
  readonly attempts: Pick<AttemptStore, 'peekNodes'>;
}

/**
 * How a step went on each of its nodes, for the history: `undefined` where nobody says when it began and ended there, where a
 * scheduler ran it, and of the orchestrator's own steps unless one failed. No step waits for it: what cannot be read is
 * logged, and not told.
 */
export async function runsOfStep(ports: RunsPorts, record: StepRecord, status: CommandStatus | undefined): Promise<RunsData | undefined> {
  try {
    return await readRuns(ports, record, status);
  } catch (error) {
    logFailure('How a step went on its nodes is not told', error, { step: record.step });
    return undefined;
  }
}

async function readRuns(ports: RunsPorts, record: StepRecord, status: CommandStatus | undefined): Promise<RunsData | undefined> {
  const answers = status?.answers ?? [];
  if (answers.some(({ scheduler }) => scheduler !== undefined)) return undefined;
  // Looked at before nodes are read: most of the orchestrator's own steps need none.
  if (record.system === true && !answers.some((answer) => runsOn(answer, 0).some(hasFailed))) return undefined;
  if (!answers.some(({ ran }) => ran !== undefined)) return undefined;
  const ranks = await ranksOf(ports, record, answers);
  const runs = answers.flatMap((answer) => runsOn(answer, ranks.get(answer.instanceId)));
  return tellRuns(chooseRuns(runs, ranks.size, record.sends > 1));
}

/** A step of the head alone has the answer of rank 0, which nobody needs to look up. */
async function ranksOf({ attempts }: RunsPorts, record: StepRecord, answers: readonly NodeAnswer[]): Promise<ReadonlyMap<string, number>> {
  const [only, ...others] = answers;
  if (record.ranks === 'head' && only !== undefined && others.length === 0) return new Map([[only.instanceId, 0]]);
  const nodes = nodesOfStep(record, await attempts.peekNodes(record.jobId, record.attempt));
  return new Map(nodes.map(({ instanceId, rank }) => [instanceId, rank]));
}

function runsOn({ ran, status, exitCode = 0 }: NodeAnswer, rank: number | undefined): readonly NodeRun[] {
  if (ran === undefined || rank === undefined || (status !== 'exited' && status !== 'timedOut')) return [];
  return [{ rank, ...ran, exitCode, ...(status === 'timedOut' ? { timedOut: true } : {}) }];
}
