import { CommanderError } from 'commander';
import type { Command } from 'commander';
import { exitCodes } from './exit-codes.ts';
import { describeFailure } from './failure.ts';
import { createProgram } from './program.ts';
import type { Terminal } from './terminal.ts';

/** Runs the program with the words after its name, and answers its exit code. */
export async function run(words: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = exitCodes.ok;
  const program = createProgram({ terminal, endWith: (code) => { exitCode = code; } });
  everyCommand(program).forEach((command) => command
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err, getOutHasColors: () => terminal.hasColour, getErrHasColors: () => false }));
  try {
    await program.parseAsync([...words], { from: 'user' });
    return exitCode;
  } catch (error) {
    // It has written its own message, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.invalidInput;
    if (terminal.signal.aborted) return exitCodes.interrupted;
    return fail(error, terminal, program.opts<{ readonly json?: boolean }>().json === true);
  }
}

function fail(error: unknown, terminal: Terminal, json: boolean): number {
  const { exitCode, lines, document } = describeFailure(error);
  terminal.err(json ? `${JSON.stringify(document)}\n` : `${lines.join('\n')}\n`);
  return exitCode;
}

/** Commander hands these settings down only to commands that are added later. */
const everyCommand = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(everyCommand)];
