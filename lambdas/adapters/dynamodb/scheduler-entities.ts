import { boolean, Entity, item, list, number, string } from 'dynamodb-toolbox';
import type { Cooldown } from '../../../core/capacity/offering.ts';
import type { EpochMs, JobId } from '../../../core/job/ids.ts';
import { as, bare, type ToolboxTable } from './toolbox-table.ts';

/** Items that there is one of, and cooldowns, whose keys are their names. */
export function schedulerEntities(table: ToolboxTable) {
  const at = { pk: string().key(), sk: string().key() };
  return {
    lease: new Entity({
      ...bare, name: 'lease', table,
      schema: item({ ...at, owner: string(), epoch: number(), expiresAtMs: as<EpochMs>(), dirty: boolean(), launching: list(as<JobId>()).optional() }),
    }),
    wake: new Entity({ ...bare, name: 'wake', table, schema: item({ ...at, atMs: as<EpochMs>() }) }),
    cooldown: new Entity({
      ...bare, name: 'cooldown', table,
      schema: item({ ...at, cooldown: as<Cooldown>(), expiresAt: number() }),
    }),
  };
}
