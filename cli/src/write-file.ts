import { writeFile } from 'node:fs/promises';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder', ENOTDIR: 'it is below a file', EISDIR: 'it is a folder', EACCES: 'it is not allowed', EROFS: 'the disk is for reading only', ENOSPC: 'the disk is full',
};

/**
 * Writes a file, or to standard output when it is named `-`.
 *
 * @throws UsageError that says why it cannot be written.
 */
export async function writeText({ out, err }: Terminal, file: string, text: string): Promise<void> {
  if (file === '-') return out(text);
  try {
    await writeFile(file, text);
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
    throw new UsageError(`cannot write ${file}: ${reasons[code] ?? String(error)}`);
  }
  err(`wrote ${file}\n`);
}
