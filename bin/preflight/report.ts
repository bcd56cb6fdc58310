import type { Finding } from './finding.ts';

const marks = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' } as const;

/** Findings as a table for people, the way out under each that is not well, and a sum. */
export function renderFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ status, check, detail, wayOut }) => [
    `${marks[status]}  ${check.padEnd(width)}  ${detail}`,
    ...(wayOut === undefined ? [] : [`${' '.repeat(width + 8)}→ ${wayOut}`]),
  ]);
  const count = (status: Finding['status']) => findings.filter((finding) => finding.status === status).length;
  return [...lines, '', `${count('ok')} ok, ${count('warn')} to look at, ${count('fail')} failed`].join('\n');
}
