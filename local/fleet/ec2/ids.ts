import { randomBytes } from 'node:crypto';

/** `length` random hexadecimal digits, as AWS ids end. */
export function randomId(length: number): string {
  return randomBytes(Math.ceil(length / 2)).toString('hex').slice(0, length);
}
