import { writeFileSync } from 'node:fs';

/** What a benchmark answers. */
export interface Report {
  /** For people: tables. */
  readonly text: string;
  /** For programs: becomes one JSON document. */
  readonly result: object;
  /** Absent: there is no budget for it. */
  readonly withinBudget?: boolean;
}

/** Where a report goes. */
export interface ReportOptions {
  /** `true`: the document goes to standard output, else to this file. */
  readonly json?: string | true;
  /** Whether the exit code says if a budget is exceeded. */
  readonly budget?: true;
}

/** Shows a report. With its document on standard output nothing else is there, so that it can be piped. */
export function show({ text, result, withinBudget }: Report, { json, budget }: ReportOptions): void {
  const document = `${JSON.stringify(result, null, 2)}\n`;
  if (json === true) {
    console.error(text);
    process.stdout.write(document);
  } else {
    console.log(text);
    if (json !== undefined) writeFileSync(json, document);
  }
  if (budget === true && withinBudget === false) process.exitCode = 1;
}
