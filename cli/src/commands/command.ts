import { Help, type Command } from 'commander';
import { sessionOf } from '../session.ts';
import type { Session } from '../session.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

/** What commands are made with. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Called with the exit code of a command that has one of its own. */
  readonly endWith: (exitCode: number) => void;
}

/** Adds a command to the program. */
export type AddCommand = (program: Command, context: CommandContext) => void;

/** What a command does with its arguments and options; an exit code when it has one of its own. */
type Run<Arguments extends readonly unknown[]> = (session: Session, ...given: Arguments) => Promise<number | void>;

/** Turns that into what commander calls: with the arguments, the options and the command itself. */
export function action<Arguments extends readonly unknown[]>({ terminal, endWith }: CommandContext, run: Run<Arguments>) {
  return async (...given: [...Arguments, Command]): Promise<void> => {
    const command = given.at(-1) as Command;
    const exitCode = await run(sessionOf(command, terminal), ...(given.slice(0, -1) as [...Arguments]));
    if (exitCode !== undefined) endWith(exitCode);
  };
}

/** Examples under a command's help. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`;
}

/** Marks a command, with those that are added to it, as one that no namespace narrows: `-n` is refused, and not in its help. */
export function ofWholeDeployment(command: Command): Command {
  return command
    .configureHelp({ ...command.configureHelp(), visibleGlobalOptions: globalOptionsWithoutNamespace })
    .hook('preAction', (_marked, called) => {
      const { namespace } = called.optsWithGlobals<{ readonly namespace?: string }>();
      if (namespace !== undefined) throw new UsageError(`"${called.name()}" is of the whole deployment: leave out -n ${namespace}`);
    });
}

function globalOptionsWithoutNamespace(command: Command): ReturnType<Help['visibleGlobalOptions']> {
  const standard = Object.assign(new Help(), { showGlobalOptions: true });
  return standard.visibleGlobalOptions(command).filter((option) => option.attributeName() !== 'namespace');
}
