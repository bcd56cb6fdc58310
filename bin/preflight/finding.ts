/** What a check found. `wayOut` says how to mend what is not `ok`. */
export interface Finding {
  readonly status: 'ok' | 'warn' | 'fail';
  readonly check: string;
  readonly detail: string;
  readonly wayOut?: string;
}

export const ok = (check: string, detail: string): Finding => ({ status: 'ok', check, detail });
/** A deployment works, though not for everything or not for long. */
export const warn = (check: string, detail: string, wayOut: string): Finding => ({ status: 'warn', check, detail, wayOut });
/** A deployment would fail, or its jobs. */
export const fail = (check: string, detail: string, wayOut: string): Finding => ({ status: 'fail', check, detail, wayOut });
