import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import type { EpochMs } from '../../../core/job/ids.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { PendingCounts } from '../../../core/ports/scheduler-store.ts';
import { partitions, sortPrefixes } from './keys.ts';
import type { OrchestratorTable } from './orchestrator-table.ts';

/** How long a count is good enough far below the limit. */
const REMEMBER_MS = 5_000;
/** How much of the limit is near it: there the others that submit, each by a function of its own, count too. */
const NEAR = 0.9;

interface Known {
  readonly pending: number;
  readonly atMs: EpochMs;
}

/** Adds up the lanes of a namespace, a few for each of its users: a read unit for each thirty of them. */
export class DynamoPendingCounts implements PendingCounts {
  readonly #table: OrchestratorTable;
  readonly #clock: Clock;
  readonly #known = new Map<string, Known>();

  constructor(table: OrchestratorTable, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  async pending(namespace: string, limit: number): Promise<number> {
    const nowMs = this.#clock.now();
    const known = this.#known.get(namespace);
    const isGood = known !== undefined && nowMs - known.atMs < REMEMBER_MS && known.pending < NEAR * limit;
    const { pending, atMs } = isGood ? known : { pending: await this.#read(namespace), atMs: nowMs };
    // Whoever asks submits a job next.
    this.#known.set(namespace, { pending: pending + 1, atMs });
    return pending;
  }

  async #read(namespace: string): Promise<number> {
    const { table, entities } = this.#table;
    const query = table.build(QueryCommand).entities(entities.lane).query({ partition: partitions.cycle, range: { beginsWith: sortPrefixes.lanesOf(namespace) } });
    const { Items = [] } = await this.#table.call(() => query.options({ consistent: true, maxPages: Number.POSITIVE_INFINITY }).send());
    return Items.reduce((sum, lane) => sum + lane.pending, 0);
  }
}
