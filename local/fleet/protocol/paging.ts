import { ServiceError } from './service-error.ts';

/** A page of a longer list. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken?: string | undefined;
}

/**
 * The page of `items` that `token` points to. Tokens name the key after which to go on, so that a list that
 * changes between pages neither repeats nor skips what stays in it.
 *
 * @param errorCode what the service answers to a token it did not give
 */
export function page<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  token: string | undefined,
  size: number,
  errorCode: string,
): Page<T> {
  const sorted = [...items].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const after = token === undefined ? undefined : readToken(token, errorCode);
  const rest = after === undefined ? sorted : sorted.filter((item) => keyOf(item) > after);
  const taken = rest.slice(0, size);
  const last = taken.at(-1);
  return rest.length > size && last !== undefined
    ? { items: taken, nextToken: Buffer.from(`after:${keyOf(last)}`).toString('base64') }
    : { items: taken };
}

function readToken(token: string, errorCode: string): string {
  const text = Buffer.from(token, 'base64').toString('utf8');
  if (!text.startsWith('after:')) {
    throw new ServiceError(errorCode, 'The specified token is not valid.');
  }
  return text.slice('after:'.length);
}
