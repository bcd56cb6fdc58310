import { EntityFormatter } from 'dynamodb-toolbox/entity/actions/format';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import type { SchedulerOverview } from '../../../core/ports/scheduler-store.ts';
import { sharesSortKey } from '../../../core/queue/stream-keys.ts';
import { tableLayout } from '../../../core/queue/table-layout.ts';
import type { RoomNote } from '../../../core/scheduling/room-note.ts';
import { keys, partitions, sortPrefixes } from './keys.ts';
import type { OrchestratorTable } from './orchestrator-table.ts';
import { useOf } from './queue-entities.ts';

/** Ends that a look brings: more wait for the next one. */
const MAX_RELEASES = 500;

/** Reads the partition of what a cycle looks at, all in one: there are few of each kind, and a read is charged by the 4 KiB. */
export class CycleReader {
  readonly #table: OrchestratorTable;

  constructor(table: OrchestratorTable) {
    this.#table = table;
  }

  async read(): Promise<SchedulerOverview> {
    const { table, entities } = this.#table;
    const query = table.build(QueryCommand).query({ partition: partitions.cycle });
    const { Items = [] } = await this.#table.call(() => query.options({ consistent: true, maxPages: Number.POSITIVE_INFINITY }).send());
    const having = (prefix: string) => Items.filter((item) => String(item[tableLayout.sortKey]).startsWith(prefix));
    const [current] = having(sharesSortKey);
    const [noted] = having(keys.room.sk);
    const lanes = having(sortPrefixes.lane).map((item) => entities.lane.build(EntityFormatter).format(item));
    return {
      ...(current === undefined ? {} : { shares: entities.currentShares.build(EntityFormatter).format(current).shares }),
      uses: having(sortPrefixes.share).map((item) => useOf(entities.share.build(EntityFormatter).format(item))),
      lanes: lanes.map(({ epoch: _epoch, started, ...lane }) => ({ ...lane, ...(started === undefined ? {} : { started }) })),
      ...(noted === undefined ? {} : { room: roomOf(entities.room.build(EntityFormatter).format(noted)) }),
      parked: having(sortPrefixes.parked).map((item) => entities.parked.build(EntityFormatter).format(item)),
      releases: having(sortPrefixes.release).slice(0, MAX_RELEASES).map((item) => entities.release.build(EntityFormatter).format(item)),
      pauses: having(sortPrefixes.pause).map((item) => entities.pause.build(EntityFormatter).format(item).pause),
    };
  }
}

const roomOf = ({ closed, openSince, told }: RoomNote): RoomNote => ({ closed, openSince, ...(told === undefined ? {} : { told }) });
