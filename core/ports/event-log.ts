/** Structured log lines; the logger of Powertools is one. */
export interface EventLog {
  info(message: string, facts: Readonly<Record<string, unknown>>): void;
  warn(message: string, facts: Readonly<Record<string, unknown>>): void;
}

/** Lines that are kept at whatever level a deployment logs. */
export interface FailureLog extends EventLog {
  error(message: string, facts: Readonly<Record<string, unknown>>): void;
}
