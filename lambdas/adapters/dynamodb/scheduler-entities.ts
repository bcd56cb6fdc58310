import { boolean, Entity, item, list, number, string } from 'dynamodb-toolbox';
import type { Cooldown } from '../../../core/capacity/offering.ts';
import type { EpochMs, JobId } from '../../../core/job/ids.ts';
import type { RoomNote } from '../../../core/scheduling/room-note.ts';
import { as, bare, type ToolboxTable } from './toolbox-table.ts';

/** Items that there is one of, and cooldowns, whose keys are their names. */
export function schedulerEntities(table: ToolboxTable) {
  const at = { pk: string().key(), sk: string().key() };
  return {
    lease: new Entity({
      ...bare, name: 'lease', table,
      schema: item({ ...at, owner: string(), epoch: number(), expiresAtMs: as<EpochMs>(), takenAtMs: as<EpochMs>().optional(), dirty: boolean(), launching: list(as<JobId>()).optional() }),
    }),
    room: new Entity({
      ...bare, name: 'room', table,
      schema: item({ ...at, closed: list(string()), openSince: as<RoomNote['openSince']>(), told: as<NonNullable<RoomNote['told']>>().optional(), /** Of the lease under which it was written. */ epoch: number() }),
    }),
    wake: new Entity({ ...bare, name: 'wake', table, schema: item({ ...at, atMs: as<EpochMs>() }) }),
    cooldown: new Entity({
      ...bare, name: 'cooldown', table,
      schema: item({ ...at, cooldown: as<Cooldown>(), expiresAt: number() }),
    }),
  };
}
