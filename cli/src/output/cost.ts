import type { CostReport, CostRow, CostSum } from '../cost/cost-report.ts';
import type { Colours } from '../session.ts';
import { printable } from './printable.ts';
import { table } from './table.ts';

/** Costs under the heading of what they are told apart by, with the whole below. */
export function costTable(colours: Colours, { rows, total }: CostReport, heading: string): string {
  const all = { key: 'total', share: total.usd === 0 ? 0 : 1, ...total };
  const head = ['JOBS', 'NODE-HOURS', 'USD', 'SHARE', 'SPOT SAVED', 'OF IT RUNNING'];
  const lines = [...rows, all].map(cellsOf);
  const widths = head.map((name, column) => Math.max(name.length, ...lines.map((line) => line[column]?.length ?? 0)));
  const aligned = (line: readonly string[]): string[] => line.map((text, column) => text.padStart(widths[column] ?? 0));
  const keys = [...rows.map(({ key }) => printable(key)), colours.bold('total')];
  return table(colours, [printable(heading).toUpperCase(), ...aligned(head)], lines.map((line, row) => [keys[row] ?? '', ...aligned(line)]));
}

const cellsOf = (row: CostRow): readonly string[] =>
  [String(row.jobs), hours(row), money(row.usd), `${(row.share * 100).toFixed(1)} %`, money(row.savedUsd), money(row.runningUsd)];

/** For spreadsheets: RFC 4180, with a heading. */
export function costCsv({ rows }: CostReport, heading: string): string {
  const head = [heading, 'jobs', 'node_hours', 'usd', 'share', 'saved_usd', 'running_jobs', 'running_usd'];
  const lines = rows.map((row) => [row.key, row.jobs, row.nodeHours, row.usd, row.share, row.savedUsd, row.running, row.runningUsd]);
  return [head, ...lines].map((line) => `${line.map(cell).join(',')}\r\n`).join('');
}

/** Labels are anybody's words: a spreadsheet must not take them for a formula. */
function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const hours = ({ nodeHours }: CostSum): string => nodeHours.toFixed(nodeHours < 10 ? 2 : 1);

/** Cents, and of less than a cent as much as there is to see. */
const money = (usd: number): string => usd.toFixed(usd !== 0 && Math.abs(usd) < 0.01 ? 4 : 2);
