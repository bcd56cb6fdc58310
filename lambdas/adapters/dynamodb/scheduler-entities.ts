import { boolean, Entity, item, number, string } from 'dynamodb-toolbox';
import type { Cooldown } from '../../../core/capacity/offering.ts';
import type { EpochMs } from '../../../core/job/ids.ts';
import type { WaitingReport } from '../../../core/ports/scheduler-store.ts';
import { as, bare, type ToolboxTable } from './toolbox-table.ts';

/** Items that there is one of, and cooldowns, whose keys are their names. */
export function schedulerEntities(table: ToolboxTable) {
  const at = { pk: string().key(), sk: string().key() };
  return {
    lease: new Entity({ ...bare, name: 'lease', table, schema: item({ ...at, owner: string(), epoch: number(), expiresAtMs: as<EpochMs>(), dirty: boolean() }) }),
    waiting: new Entity({ ...bare, name: 'waiting', table, schema: item({ ...at, report: as<WaitingReport>() }) }),
    cooldown: new Entity({
      ...bare, name: 'cooldown', table,
      schema: item({ ...at, cooldown: as<Cooldown>(), expiresAt: number() }),
    }),
  };
}
