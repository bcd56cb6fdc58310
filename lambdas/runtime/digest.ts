import { createHash } from 'node:crypto';
import { digest } from '../../core/job/ids.ts';
import type { Digest } from '../../core/job/ids.ts';

/** SHA-256 of a text's UTF-8 bytes, in lower-case hex. */
export function sha256Hex(text: string): Digest {
  return digest(createHash('sha256').update(text, 'utf8').digest('hex'));
}
