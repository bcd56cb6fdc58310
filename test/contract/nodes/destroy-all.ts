import type { ProcessDriver } from '../../../local/fleet/instances/process-driver.ts';

/** Ends all instances and removes them, whether or not it goes wrong for one. @throws at the end, where it did. */
export async function destroyAll(driver: ProcessDriver, ids: readonly string[]): Promise<void> {
  const refused = (await Promise.allSettled(ids.map((id) => driver.destroy(id)))).flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
  if (refused.length > 0) throw new AggregateError(refused, `${refused.length} of ${ids.length} instances could not be removed`);
}
