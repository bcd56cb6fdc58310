import { refuseUnless } from '../http/refuse.ts';
import type { AccessCheck, Caller } from '../http/caller.ts';

/** Throws AccessDeniedException where the caller lacks one of the permissions. */
export function authorize(caller: Caller, checks: readonly AccessCheck[]): Promise<void> {
  return refuseUnless(caller, checks, 'AccessDeniedException', 400);
}
