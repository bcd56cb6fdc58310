import { existsSync, mkdirSync, openSync, readFileSync, readSync, closeSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ProcessRecord } from './process-table.ts';
import type { Run, RunResult } from './driver.ts';

/** What is kept of a run's output: SSM keeps 48,000 characters. */
const KEPT_BYTES = 48_000;

/** Runs a script once, however often it is started: the first to make `started` runs it. `$1` is the run's folder. */
export const RUNNER = [
  'mkdir "$1/started" 2>/dev/null || exit 0',
  // Where this machine keeps its own files below root's home, an instance cannot write there.
  '[ -w "$HOME" ] || export HOME=/tmp',
  'cd "$2" || { echo "cannot change to $2" >"$1/stderr"; echo 1 >"$1/code"; exit 0; }',
  'sh -c "$1/script" >"$1/stdout" 2>"$1/stderr" </dev/null',
  'echo $? >"$1/code.new" && mv "$1/code.new" "$1/code"',
].join('\n');

/** The folder of a run as the simulator sees it. */
export class RunFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get folder(): string {
    return this.#folder;
  }

  /** Writes the script, executable, unless it is there. */
  prepare(run: Run): void {
    if (!existsSync(join(this.#folder, 'script'))) {
      mkdirSync(this.#folder, { recursive: true });
      writeFileSync(join(this.#folder, 'script.new'), run.script, { mode: 0o700 });
      renameSync(join(this.#folder, 'script.new'), join(this.#folder, 'script'));
    }
  }

  /** Whether the script has begun. */
  isStarted(): boolean {
    return existsSync(join(this.#folder, 'started'));
  }

  /** The exit code where the script has ended. */
  exitCode(): number | undefined {
    try {
      return Number(readFileSync(join(this.#folder, 'code'), 'utf8').trim());
    } catch {
      return undefined;
    }
  }

  /** How the run ended; call it when it has. */
  result(): RunResult {
    return {
      exitCode: this.exitCode(),
      standardOutput: readStart(join(this.#folder, 'stdout')),
      standardError: readStart(join(this.#folder, 'stderr')),
    };
  }

  /** The process that runs the script. */
  process(): ProcessRecord | undefined {
    try {
      const record: ProcessRecord = JSON.parse(readFileSync(join(this.#folder, 'process.json'), 'utf8'));
      return record;
    } catch {
      return undefined;
    }
  }

  recordProcess(record: ProcessRecord): void {
    writeFileSync(join(this.#folder, 'process.json'), JSON.stringify(record));
  }
}

function readStart(file: string): string {
  if (!existsSync(file)) {
    return '';
  }
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(KEPT_BYTES);
    const length = readSync(descriptor, buffer, 0, KEPT_BYTES, 0);
    return buffer.subarray(0, length).toString('utf8');
  } finally {
    closeSync(descriptor);
  }
}
