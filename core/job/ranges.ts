const RANGE = /^(?<from>\d{1,6})(?:-(?<to>\d{1,6}))?$/;

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Whole numbers in their order, compressed where one follows the other: `0-31,40`. */
export function rangesOf(numbers: readonly number[]): string {
  const ranges: { from: number; to: number }[] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && number === last.to + 1) last.to = number;
    else ranges.push({ from: number, to: number });
  }
  return ranges.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}

/** The numbers that `rangesOf` compressed; `undefined` for another text, and for more than `most` of them. */
export function numbersOf(text: string, most: number): readonly number[] | undefined {
  const ranges = parse(text);
  const count = ranges?.reduce((sum, { from, to }) => sum + Math.max(0, to - from + 1), 0) ?? 0;
  if (ranges === undefined || count > most) return undefined;
  return ranges.flatMap(({ from, to }) => Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i));
}

/** Whether a number is among those of a text that `rangesOf` made. */
export function isIn(number: number, text: string): boolean {
  return (parse(text) ?? []).some(({ from, to }) => from <= number && number <= to);
}

function parse(text: string): readonly Range[] | undefined {
  const parts = text.split(',').map((part) => RANGE.exec(part)?.groups);
  const ranges = parts.flatMap((part) => (part === undefined ? [] : [{ from: Number(part['from']), to: Number(part['to'] ?? part['from']) }]));
  return ranges.length === parts.length ? ranges : undefined;
}
