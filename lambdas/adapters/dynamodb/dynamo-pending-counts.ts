import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import type { EpochMs } from '../../../core/job/ids.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { PendingCounts } from '../../../core/ports/scheduler-store.ts';
import { partitions, sortPrefixes } from './keys.ts';
import type { OrchestratorTable } from './orchestrator-table.ts';

/** How long a count is good enough for a limit of thousands. */
const REMEMBER_MS = 5_000;

/** Adds up the lanes of a namespace, a few for each of its users: half a read unit for each thirty of them. */
export class DynamoPendingCounts implements PendingCounts {
  readonly #table: OrchestratorTable;
  readonly #clock: Clock;
  readonly #known = new Map<string, { readonly pending: number; readonly atMs: EpochMs }>();

  constructor(table: OrchestratorTable, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  async pending(namespace: string): Promise<number> {
    const nowMs = this.#clock.now();
    const known = this.#known.get(namespace);
    if (known !== undefined && nowMs - known.atMs < REMEMBER_MS) return known.pending;
    const pending = await this.#read(namespace);
    this.#known.set(namespace, { pending, atMs: nowMs });
    return pending;
  }

  async #read(namespace: string): Promise<number> {
    const { table, entities } = this.#table;
    const query = table.build(QueryCommand).entities(entities.lane).query({ partition: partitions.cycle, range: { beginsWith: sortPrefixes.lanesOf(namespace) } });
    const { Items = [] } = await this.#table.call(() => query.options({ maxPages: Number.POSITIVE_INFINITY }).send());
    return Items.reduce((sum, lane) => sum + lane.pending, 0);
  }
}
