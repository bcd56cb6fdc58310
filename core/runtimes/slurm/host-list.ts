import { rangesOf } from '../../job/ranges.ts';

/*
 * Slurm's host lists: `workers-[0-3,7],gpu-1` names six nodes. Names are a prefix and a number without leading zeros, else
 * they stand for themselves.
 */

/** More than any cluster has; a list of a user's may say anything. */
const MAX_EXPANDED = 100_000;
/** Numbers that Slurm counts with. */
const NUMBERED = /^(?<prefix>.*?)(?<number>0|[1-9]\d{0,8})$/;
const PART = /^(?<prefix>[^[\]]*)(?:\[(?<ranges>[\d,-]+)\](?<suffix>[^[\]]*))?$/;
const RANGE = /^(?<from>\d{1,9})(?:-(?<to>\d{1,9}))?$/;

interface Run {
  readonly prefix: string;
  readonly numbers: number[];
}

/** The names in their order, as short as Slurm writes them. Names may have no commas and no brackets. */
export function compressHosts(names: readonly string[]): string {
  const parts: (string | Run)[] = [];
  for (const name of names) {
    const { prefix = '', number } = NUMBERED.exec(name)?.groups ?? {};
    const last = parts.at(-1);
    if (number === undefined) parts.push(name);
    else if (typeof last === 'object' && last.prefix === prefix) last.numbers.push(Number(number));
    else parts.push({ prefix, numbers: [Number(number)] });
  }
  return parts.map(writePart).join(',');
}

function writePart(part: string | Run): string {
  if (typeof part === 'string') return part;
  const { prefix, numbers } = part;
  return numbers.length === 1 ? `${prefix}${numbers[0]}` : `${prefix}[${rangesOf(numbers)}]`;
}

/** The names of a list, in its order; `undefined` where it cannot be read or names more than any cluster has. */
export function expandHosts(list: string): readonly string[] | undefined {
  const names: string[] = [];
  for (const part of splitParts(list)) {
    const { prefix = '', ranges, suffix = '' } = PART.exec(part)?.groups ?? {};
    if (!PART.test(part)) return undefined;
    if (ranges === undefined) {
      if (prefix !== '') names.push(prefix);
      continue;
    }
    for (const range of ranges.split(',')) {
      const numbers = numbersOf(range, MAX_EXPANDED - names.length);
      if (numbers === undefined) return undefined;
      names.push(...numbers.map((number) => `${prefix}${number}${suffix}`));
    }
  }
  return names;
}

/** Commas in brackets part ranges, not names. */
const splitParts = (list: string): readonly string[] => list.split(/,(?![^[\]]*\])/);

/** `08-10` is 08, 09, 10: as wide as its first number is written. */
function numbersOf(range: string, most: number): readonly string[] | undefined {
  const { from, to = from } = RANGE.exec(range)?.groups ?? {};
  if (from === undefined || to === undefined) return undefined;
  const length = Number(to) - Number(from) + 1;
  if (length < 1 || length > most) return undefined;
  return Array.from({ length }, (_, index) => String(Number(from) + index).padStart(from.length, '0'));
}
