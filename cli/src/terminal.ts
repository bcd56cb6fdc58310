import type { Wait } from '@advanced-orchestrator/sdk';

/** Shows that something is going on. */
export interface Progress {
  /** What is known now. */
  update(text: string): void;
  stop(): void;
}

/** All that the program sees of the world it runs in. */
export interface Terminal {
  /** Results. */
  readonly out: (text: string) => void;
  /** Whatever is not a result: progress, warnings, errors. */
  readonly err: (text: string) => void;
  readonly readInput: () => Promise<Uint8Array>;
  readonly startProgress: (text: string) => Progress;
  /** Absent where results do not go to a terminal: nothing can be drawn over there. */
  readonly startScreen?: () => (text: string) => void;
  /** How wide the terminal is that results go to; absent where they go to none. */
  readonly columns?: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether results may be coloured. */
  readonly hasColour: boolean;
  /** Aborted when the user presses Ctrl-C. */
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly wait: Wait;
}

/** A line for each thing that is known: for files and other programs. */
export function plainProgress(err: (text: string) => void, text: string): Progress {
  err(`${text}\n`);
  return { update: (next) => err(`${next}\n`), stop: () => {} };
}
