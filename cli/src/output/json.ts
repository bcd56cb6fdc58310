import type { Session } from '../session.ts';

/** Writes one result for programs: one line, so that many make JSON Lines. */
export function writeJson({ terminal }: Session, value: unknown): void {
  terminal.out(`${JSON.stringify(value)}\n`);
}
