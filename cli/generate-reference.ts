import type { Command } from 'commander';
import { createProgram } from './src/program.ts';

const INTRODUCTION = `# The command line

\`orch\` submits manifests as jobs, shows where they are and why, and reads what they wrote. It is \`orch\` where
its package is installed, made by \`npm run pack\`, and where the local cloud's environment is sourced (\`source .local/env\`);
in a checkout it is \`npx orch\`. It runs on Node 24 or later.

This page is generated from the program's own help by \`npm run docs\`.
`;

const HELP_WIDTH = 110;

function nowhere(): never {
  throw new Error('The reference runs no command.');
}

/** The help of every command, as Markdown. */
export function cliReference(): string {
  let written = '';
  const terminal = {
    out: (text: string) => { written += text; },
    err: nowhere, readInput: nowhere, startProgress: nowhere, now: nowhere, wait: nowhere,
    environment: {}, hasColour: false, signal: new AbortController().signal,
  };
  const section = (command: Command, name: string): string => {
    written = '';
    command.configureHelp({ helpWidth: HELP_WIDTH, showGlobalOptions: false }).configureOutput({ writeOut: terminal.out }).outputHelp();
    const own = `\n## ${name}\n\n\`\`\`text\n${written.trim()}\n\`\`\`\n`;
    return own + command.commands.map((inner) => section(inner, `${name} ${inner.name()}`)).join('');
  };
  return INTRODUCTION + section(createProgram({ terminal, endWith: nowhere }), 'orch');
}
