import { BatchPutRequest } from 'dynamodb-toolbox/entity/actions/batchPut';
import { BatchWriteCommand, execute } from 'dynamodb-toolbox/table/actions/batchWrite';
import type { EpochMs } from '../../core/job/ids.ts';
import type { OrchestratorTable } from '../../lambdas/adapters/dynamodb/orchestrator-table.ts';
import { backlogEntry, laneCounts } from './backlog.ts';

/** Most that DynamoDB takes in one call. */
const BATCH = 25;
/** Calls at once: MiniStack works on one at a time, the others are being translated meanwhile. */
const WRITERS = 8;
const TELL_EVERY = 100_000;

interface BacklogRange {
  /** How many entries are there already. */
  readonly from: number;
  readonly to: number;
  /** When the first of all was submitted. */
  readonly sinceMs: EpochMs;
}

/** Writes entries as a submission does, and the counts of their lanes; only the jobs themselves are not there. */
export async function loadBacklog(table: OrchestratorTable, { from, to, sinceMs }: BacklogRange): Promise<void> {
  const { queued, lane } = table.entities;
  await inBatches(table, from, to, (n) => queued.build(BatchPutRequest).item(backlogEntry(n, sinceMs)));
  const counts = laneCounts(to);
  await inBatches(table, 0, counts.length, (n) => lane.build(BatchPutRequest).item({ ...laneAt(counts, n), enteredAtMs: sinceMs }));
}

function laneAt<T>(items: readonly T[], n: number): T {
  const item = items[n];
  if (item === undefined) throw new RangeError(`There is no item ${n}.`);
  return item;
}

async function inBatches(table: OrchestratorTable, from: number, to: number, request: (n: number) => BatchPutRequest): Promise<void> {
  let next = from;
  const writer = async (): Promise<void> => {
    while (next < to) {
      const first = next;
      const end = Math.min(first + BATCH, to);
      next = end;
      const requests = Array.from({ length: end - first }, (_, i) => request(first + i));
      await execute({ maxAttempts: 5 }, table.table.build(BatchWriteCommand).requests(...requests));
      if (Math.floor(first / TELL_EVERY) < Math.floor(end / TELL_EVERY)) console.error(`${end.toLocaleString('en')} entries written`);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
}
