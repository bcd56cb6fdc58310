import type { ProcessDriver } from '../../../local/fleet/instances/process-driver.ts';
import { settleAll } from '../../../local/settle-all.ts';

/** Ends all instances and removes them, whether or not it goes wrong for one. @throws at the end, where it did. */
export function destroyAll(driver: ProcessDriver, ids: readonly string[]): Promise<void> {
  return settleAll('instances could not be removed', ids.map((id) => driver.destroy(id)));
}
