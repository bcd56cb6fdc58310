import { InvalidRequestError } from '../../../core/errors/orchestrator-error.ts';

/**
 * A cursor is the position of the last item shown, in URL-safe base64: no more than the caller has seen anyway, and
 * any well-formed position is a good one, so there is nothing to tamper with.
 */
export const encodeCursor = (position: string): string => Buffer.from(position, 'utf8').toString('base64url');

/** @throws InvalidRequestError if the cursor is not one of a listing whose positions match `form`. */
export function decodeCursor(cursor: string, form: RegExp): string {
  const position = Buffer.from(cursor, 'base64url').toString('utf8');
  if (encodeCursor(position) !== cursor || !form.test(position)) {
    throw new InvalidRequestError('The cursor is not one that this listing gave out.', { cursor: cursor.slice(0, 100) });
  }
  return position;
}

/** Positions of the listings. */
export const positions = {
  jobId: /^[0-9a-zA-Z-]{1,64}$/u,
  audit: /^[0-9a-z]{1,64}$/u,
  number: /^\d{1,8}$/u,
  name: /^[a-z0-9-]{1,63}$/u,
  attempt: /^[0-9a-zA-Z-]{1,64}\/\d{1,4}$/u,
} as const;
