import { CommanderError } from 'commander';
import type { Command } from 'commander';
import { exitCodes } from './exit-codes.ts';
import { describeFailure, mistakenCommand } from './failure.ts';
import type { Failure } from './failure.ts';
import { createProgram } from './program.ts';
import type { Terminal } from './terminal.ts';

/** Runs the program with the words after its name, and answers its exit code. */
export async function run(words: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = exitCodes.ok;
  // An option that was not understood may come before this one, which is not read then.
  const json = words.includes('--json');
  const program = createProgram({ terminal, endWith: (code) => { exitCode = code; } });
  let mistaken = program;
  everyCommand(program).forEach((command) => command
    .exitOverride((error) => {
      mistaken = command;
      throw error;
    })
    .configureOutput({
      writeOut: terminal.out, writeErr: json ? () => {} : terminal.err, outputError: () => {},
      getOutHasColors: () => terminal.hasColour, getErrHasColors: () => false,
    }));
  try {
    await program.parseAsync([...words], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : fail(mistakenCommand(error, nameOf(mistaken)), terminal, json);
    if (terminal.signal.aborted) return exitCodes.interrupted;
    return fail(describeFailure(error, terminal.environment), terminal, program.opts<{ readonly json?: boolean }>().json === true);
  }
}

function fail({ exitCode, lines, document }: Failure, terminal: Terminal, json: boolean): number {
  terminal.err(json ? `${JSON.stringify(document)}\n` : lines.map((line) => `${line}\n`).join(''));
  return exitCode;
}

/** Commander hands these settings down only to commands that are added later. */
const everyCommand = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(everyCommand)];

/** As one calls it: `orch admin pause`. */
const nameOf = (command: Command): string => (command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`);
