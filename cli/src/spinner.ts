import ora from 'ora';
import type { Progress } from './terminal.ts';

/** A line that moves, for a terminal that a person looks at. It leaves the terminal as it was. */
export function startSpinner(text: string): Progress {
  // Left to itself, it takes Ctrl-C off the terminal and ends the program on it.
  const spinner = ora({ text, stream: process.stderr, discardStdin: false }).start();
  return { update: (next) => { spinner.text = next; }, stop: () => { spinner.stop(); } };
}
