/** How a step went on one node. */
export interface NodeRun {
  readonly rank: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly exitCode: number;
  /** Set where the step's own time limit ended it. */
  readonly timedOut?: true;
}

/** What is told of a step's nodes: in order of their rank. */
export interface ToldRuns {
  readonly runs: readonly NodeRun[];
  /** Nodes of which nothing is told. */
  readonly leftOut: number;
  /** Whether the step was sent again and attached to what ran already: when it began there is not known. */
  readonly again: boolean;
}

/** So many nodes of a step are told of: an entry of the history stays below 3 KB, whatever the size of the cluster. */
export const MOST_RUNS = 100;

/** Whether the step went wrong there. */
export const hasFailed = ({ exitCode, timedOut }: NodeRun): boolean => timedOut === true || exitCode !== 0;

/**
 * Chooses the nodes that are told of: all where they are few, else those where the step failed, and of the others the slowest.
 * The same ones in whichever order they answered.
 *
 * @param nodes how many the step had
 * @param again as in `ToldRuns`
 */
export function chooseRuns(runs: readonly NodeRun[], nodes: number, again: boolean): ToldRuns {
  const byRank = new Map<number, NodeRun>();
  for (const run of runs.toSorted(worstFirst)) {
    if (byRank.size < MOST_RUNS && !byRank.has(run.rank)) byRank.set(run.rank, run);
  }
  return { runs: [...byRank.values()].toSorted((a, b) => a.rank - b.rank), leftOut: Math.max(0, nodes - byRank.size), again };
}

function worstFirst(a: NodeRun, b: NodeRun): number {
  return Number(hasFailed(b)) - Number(hasFailed(a)) || lengthOf(b) - lengthOf(a) || a.rank - b.rank
    || a.startMs - b.startMs || a.exitCode - b.exitCode || Number(a.timedOut === true) - Number(b.timedOut === true);
}

const lengthOf = ({ startMs, endMs }: NodeRun): number => endMs - startMs;
