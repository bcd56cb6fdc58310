#!/usr/bin/env node
import { buffer } from 'node:stream/consumers';
import { wait } from '@advanced-orchestrator/sdk';
import { liveScreen } from './live-screen.ts';
import { run } from './run.ts';
import { plainProgress } from './terminal.ts';
import type { Terminal } from './terminal.ts';

const interruption = new AbortController();
const brokenPipe = 141;

process.on('SIGINT', () => {
  // Whoever presses Ctrl-C twice does not want to wait for a goodbye.
  if (interruption.signal.aborted) process.exit(130);
  interruption.abort();
});
// `orch logs … | head` closes the pipe when it has enough: that is no error worth telling.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? brokenPipe : 1));
}

// A terminal that does not know its width (under `script`, in some CI) would make the spinner clear lines for ever.
const { startSpinner } = process.stderr.isTTY && process.stderr.columns > 0 ? await import('./spinner.ts') : { startSpinner: undefined };
const out = (text: string): void => { process.stdout.write(text); };
const err = (text: string): void => { process.stderr.write(text); };

const terminal: Terminal = {
  out,
  err,
  readInput: async () => buffer(process.stdin),
  startProgress: startSpinner ?? ((text) => plainProgress(err, text)),
  ...(process.stdout.isTTY && process.stdout.columns > 0 ? { startScreen: () => liveScreen({ write: out, size: () => process.stdout }) } : {}),
  ...(process.stdout.isTTY && process.stdout.columns > 0 ? { columns: process.stdout.columns } : {}),
  environment: process.env,
  hasColour: process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '',
  signal: interruption.signal,
  now: Date.now,
  wait,
};

process.exitCode = await run(process.argv.slice(2), terminal);
