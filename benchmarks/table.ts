type Cell = string | number;

/** A table for terminals: the first row are headings, numbers stand to the right. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const widths = headings.map((heading, column) => Math.max(heading.length, ...rows.map((row) => String(row[column] ?? '').length)));
  const line = (cells: readonly Cell[]): string =>
    cells.map((cell, column) => (typeof cell === 'number' ? String(cell).padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join('  ').trimEnd();
  return [headings, widths.map((width) => '─'.repeat(width)), ...rows].map(line).join('\n');
}
