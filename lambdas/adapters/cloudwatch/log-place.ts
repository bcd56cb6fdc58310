import { InvalidRequestError } from '../../../core/errors/orchestrator-error.ts';

/**
 * A place in the log: everything before `atMs` was read, and `skip` lines of that very millisecond. CloudWatch's own
 * tokens end after a day and with the last line; this one goes on when more is written.
 */
export interface Place {
  readonly atMs: number;
  readonly skip: number;
  /** How far a search from here has come that has found nothing yet: without it, it would begin anew with each page. */
  readonly search?: Search;
}

/** A search of CloudWatch's that goes on. */
export interface Search {
  readonly token: string;
  /** Of the lines to be skipped, how many it has not come to yet. */
  readonly left: number;
}

const CURSOR = /^(\d{1,15})\.(\d{1,7})(?:\.(\d{1,7})\.([A-Za-z0-9_-]+))?$/;
/** The API takes cursors of 4,096 characters. */
const MOST_CHARACTERS = 4096;

/** The cursor of a place. */
export function encode({ atMs, skip, search }: Place): string {
  const place = `${atMs}.${skip}`;
  const whole = search === undefined ? place : `${place}.${search.left}.${Buffer.from(search.token).toString('base64url')}`;
  return whole.length > MOST_CHARACTERS ? place : whole;
}

/** @throws InvalidRequestError for what `encode` did not give out. */
export function decode(cursor: string): Place {
  const [, atMs, skip, left, token] = CURSOR.exec(cursor) ?? [];
  if (atMs === undefined || skip === undefined) throw new InvalidRequestError('The cursor is not one that this listing gave out.', { cursor: cursor.slice(0, 100) });
  const place = { atMs: Number(atMs), skip: Number(skip) };
  return left === undefined || token === undefined ? place : { ...place, search: { left: Number(left), token: Buffer.from(token, 'base64url').toString() } };
}
