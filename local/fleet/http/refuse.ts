import { ServiceError } from '../protocol/service-error.ts';
import type { AccessCheck, Caller } from './caller.ts';

/** Throws `code` with IAM's reason, worded by `wording`, where the caller lacks one of the permissions. */
export async function refuseUnless(
  caller: Caller,
  checks: readonly AccessCheck[],
  code: string,
  status: number,
  wording: (message: string) => string = (message) => message,
): Promise<void> {
  const [refusal] = await caller.refusals(checks);
  if (refusal !== undefined) {
    throw new ServiceError(code, wording(refusal.message), status);
  }
}
