import type { Session } from '../session.ts';

/** Characters that JSON has as they are, and that a terminal acts on. */
const acting = /[\u007F-\u009F\u2028-\u202E\u2066-\u2069]/g;

/** Writes one result for programs: one line, so that many make JSON Lines. A terminal acts on nothing in it. */
export function writeJson({ terminal }: Session, value: unknown): void {
  const escaped = JSON.stringify(value).replaceAll(acting, (text) => `\\u${text.charCodeAt(0).toString(16).padStart(4, '0')}`);
  terminal.out(`${escaped}\n`);
}
