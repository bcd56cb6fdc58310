import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Packs a folder as npm does, and answers the file. */
export async function tarballOf(folder: string, out: string): Promise<string> {
  const told = await output('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', out], folder);
  const [packed] = JSON.parse(told) as readonly { readonly filename: string }[];
  if (packed === undefined) throw new Error(`npm has packed nothing of ${folder}.`);
  return join(out, packed.filename);
}

/**
 * What a program writes.
 *
 * @throws when it fails, with all that it said.
 */
export async function output(program: string, words: readonly string[], folder: string): Promise<string> {
  try {
    return (await execute(program, words, { cwd: folder })).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error([`${program} ${words.join(' ')} failed.`, stdout.trim(), stderr.trim()].filter((part) => part !== '').join('\n'), { cause: error });
  }
}
