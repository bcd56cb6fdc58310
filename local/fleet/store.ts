import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Records of one kind, by key. What is put is on disk when `put` returns. */
export interface Collection<T> {
  get(key: string): T | undefined;
  put(key: string, value: T): void;
  delete(key: string): void;
  /** All records, oldest key first. */
  values(): T[];
}

interface Line {
  readonly kind: string;
  readonly key: string;
  /** Missing where the record was deleted. */
  readonly value?: unknown;
}

const FILE = 'journal.jsonl';
/** The journal is rewritten when it has grown by so many lines: what is current is a small part of them then. */
const LINES_BETWEEN_COMPACTIONS = 50_000;

/**
 * An append-only journal of keyed records. It is rewritten compactly when it is opened and now and then; a process
 * that was killed at any moment comes back with every record whose `put` had returned.
 */
export class JournalStore {
  readonly #file: string;
  readonly #kinds = new Map<string, Map<string, unknown>>();
  #appended = 0;

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true });
    this.#file = join(directory, FILE);
    if (existsSync(this.#file)) {
      this.#replay();
    }
    this.#compact();
  }

  /** The records of `kind`; the caller names the type it stores under that kind. */
  collection<T>(kind: string): Collection<T> {
    const records = (this.#kinds.get(kind) ?? new Map<string, unknown>()) as Map<string, T>;
    this.#kinds.set(kind, records);
    return {
      get: (key) => records.get(key),
      put: (key, value) => {
        records.set(key, value);
        this.#append({ kind, key, value });
      },
      delete: (key) => {
        if (records.delete(key)) {
          this.#append({ kind, key });
        }
      },
      values: () => [...records.values()],
    };
  }

  /** Forgets every record of every kind. */
  clear(): void {
    for (const records of this.#kinds.values()) {
      records.clear();
    }
    this.#compact();
  }

  #append(line: Line): void {
    appendFileSync(this.#file, `${JSON.stringify(line)}\n`);
    this.#appended += 1;
    if (this.#appended >= LINES_BETWEEN_COMPACTIONS) {
      this.#compact();
    }
  }

  /** A last line that was cut off by a kill had not been acknowledged: it is left out. */
  #replay(): void {
    for (const text of readFileSync(this.#file, 'utf8').split('\n')) {
      const line = parseLine(text);
      if (line === undefined) {
        continue;
      }
      const records = this.#kinds.get(line.kind) ?? new Map<string, unknown>();
      this.#kinds.set(line.kind, records);
      if (line.value === undefined) {
        records.delete(line.key);
      } else {
        records.set(line.key, line.value);
      }
    }
  }

  #compact(): void {
    const lines = [...this.#kinds].flatMap(([kind, records]) =>
      [...records].map(([key, value]) => `${JSON.stringify({ kind, key, value } satisfies Line)}\n`),
    );
    const next = `${this.#file}.next`;
    writeFileSync(next, lines.join(''));
    renameSync(next, this.#file);
    this.#appended = 0;
  }
}

function parseLine(text: string): Line | undefined {
  if (text === '') return undefined;
  try {
    const line: Line = JSON.parse(text);
    return line;
  } catch {
    return undefined;
  }
}
