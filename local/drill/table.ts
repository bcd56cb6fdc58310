import Table from 'cli-table3';
import { isRight, type Answer, type Verdict } from './verdict.ts';

const mostCharacters = 44;

/** What a terminal can show of an answer in a cell. */
const cell = ({ found, isRight: right }: Answer): string => `${right ? '' : '✗ '}${found.length > mostCharacters ? `${found.slice(0, mostCharacters - 1)}…` : found}`;

/** What was found of each failure. */
export function verdictTable(verdicts: readonly Verdict[]): string {
  const table = new Table({ head: ['failure', 'orch why', 'evidence', 'failed span', 'alarm', ''], style: { head: [], border: [], compact: true } });
  for (const verdict of verdicts) {
    table.push([verdict.name, cell(verdict.cause), cell(verdict.evidence), cell(verdict.span), cell(verdict.alarm), isRight(verdict) ? '✓' : '✗']);
  }
  return table.toString();
}

/** What was not told as it has to be, in full. */
export function complaints(verdicts: readonly Verdict[]): readonly string[] {
  return verdicts.flatMap(({ name, jobId, cause, evidence, span, alarm }) =>
    Object.entries({ cause, evidence, span, alarm }).flatMap(([question, { found, isRight: right }]) => (right ? [] : [`${name} (job ${jobId}), ${question}: ${found}`])));
}
