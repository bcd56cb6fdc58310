/**
 * Waits for all, also where some of them fail.
 *
 * @param what went wrong, as the message says it of those that failed.
 * @throws at the end, where some have failed, with what each said.
 */
export async function settleAll(what: string, promises: readonly Promise<unknown>[]): Promise<void> {
  const refused = (await Promise.allSettled(promises)).flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
  if (refused.length > 0) throw new AggregateError(refused, `${refused.length} of ${promises.length} ${what}`);
}
