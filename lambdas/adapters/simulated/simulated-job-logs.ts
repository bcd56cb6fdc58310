import { InvalidRequestError } from '../../../core/errors/orchestrator-error.ts';
import type { JobLogs, LogLine, LogQuery } from '../../../core/ports/job-logs.ts';
import type { Page } from '../../../core/ports/page.ts';
import type { SimulatedAttempt, SimulatedRecords } from './simulated-records.ts';

const CURSOR = /^\d{1,9}$/;

/** The log of a rehearsal: a line for each step and node that says that nothing ran. Kept as long as the records are. */
export class SimulatedJobLogs implements JobLogs {
  readonly #records: SimulatedRecords;

  constructor(records: SimulatedRecords) {
    this.#records = records;
  }

  /** @throws InvalidRequestError for a cursor that this log did not give out. */
  async read(query: LogQuery, limit: number, cursor = '0'): Promise<Page<LogLine>> {
    if (!CURSOR.test(cursor)) throw new InvalidRequestError('The cursor is not one that this listing gave out.', { cursor: cursor.slice(0, 100) });
    const attempts = await this.#records.ofJob(query.jobId);
    // What is added comes last, so a number of lines stays a place in the log.
    const lines = attempts.flatMap(linesOf).filter((line) => isAsked(line, query)).toSorted((a, b) => a.atMs - b.atMs || a.id.localeCompare(b.id));
    const end = Number(cursor) + limit;
    const items = lines.slice(Number(cursor), end);
    return end < lines.length ? { items, cursor: String(end) } : { items };
  }
}

function linesOf({ attempt, units }: SimulatedAttempt): LogLine[] {
  return Object.entries(units).flatMap(([unit, { name, tail, runs }]) =>
    runs
      // A unit that was stopped before it began has no command, and no name.
      .filter(() => name !== '')
      .map(({ node, instanceId, startedAtMs }) => ({ id: `${unit}/${instanceId}`, atMs: startedAtMs, attempt, node, step: name, message: tail })),
  );
}

function isAsked(line: LogLine, { attempt, node, step, sinceMs, untilMs }: LogQuery): boolean {
  return (attempt ?? line.attempt) === line.attempt && (node ?? line.node) === line.node && (step ?? line.step) === line.step && line.atMs >= (sinceMs ?? 0) && line.atMs <= (untilMs ?? line.atMs);
}
