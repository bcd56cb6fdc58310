import { spawn } from 'node:child_process';

class CommandFailedError extends Error {
  override readonly name = 'CommandFailedError';
}

/**
 * Runs a command to its end, collecting its output for the case that it fails.
 *
 * @throws CommandFailedError with the end of the output when the exit code is not 0.
 */
export async function runCommand(
  command: string, args: readonly string[], options: { environment: NodeJS.ProcessEnv; directory: string },
): Promise<void> {
  const output: string[] = [];
  const child = spawn(command, args, {
    cwd: options.directory, env: options.environment, stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => output.push(text));
  const ended = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  if (ended !== 'exit code 0') {
    const tail = output.join('').trimEnd().split('\n').slice(-40).join('\n');
    throw new CommandFailedError(`${[command, ...args].join(' ')} ended with ${ended}:\n${tail}`);
  }
}

/** What a person is told of a thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
