import { readFileSync } from 'node:fs';

const cache = new Map<string, readonly number[]>();

/**
 * The numbers of one column of a measured trace, row by row. Blank or unreadable cells repeat the one before.
 * Throws where the file has no such column.
 */
export function readTraceColumn(file: string, column: string): readonly number[] {
  const key = `${file}\n${column}`;
  const known = cache.get(key);
  if (known !== undefined) {
    return known;
  }
  const [header = '', ...lines] = readFileSync(file, 'utf8').split(/\r?\n/);
  const index = header.split(',').indexOf(column);
  if (index < 0) {
    throw new Error(`${file} has no column ${column}; it has ${header}`);
  }
  const values: number[] = [];
  for (const line of lines) {
    if (line !== '') {
      const cell = line.split(',')[index];
      values.push(cell === undefined || cell === '' || Number.isNaN(Number(cell)) ? (values.at(-1) ?? 0) : Number(cell));
    }
  }
  cache.set(key, values);
  return values;
}
