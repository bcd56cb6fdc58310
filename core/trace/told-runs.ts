import { isIn, numbersOf, rangesOf } from '../job/ranges.ts';
import { hasFailed, MOST_RUNS, type NodeRun, type ToldRuns } from './node-runs.ts';

/**
 * Nodes of a step as the history has them: three bytes a node, mostly, since an entry is paid for by the kilobyte.
 */
export interface RunsData {
  /** Those that are told of: `0-31,40`. */
  readonly ranks: string;
  /**
   * `<first>.<shortest>.<a><b>.<digits>`, numbers to base 36: when the first node began, in milliseconds since 1970, and how
   * long the quickest one took, in milliseconds; then of each node `a` digits for how much later it began and `b` for how
   * much longer it took, in tenths of a second.
   */
  readonly times: string;
  /** Where it failed: exit code and ranks of each kind, `1:3,7-9 t124:12`; `t` where its time limit ended it. */
  readonly failed?: string;
  readonly leftOut?: number;
  readonly again?: true;
}

const BASE = 36;
const UNIT_MS = 100;
/** Of a difference: seventy days. */
const MOST_DIGITS = 5;
const TIMES = /^(?<first>[0-9a-z]{1,9})\.(?<shortest>[0-9a-z]{1,9})\.(?<a>[0-5])(?<b>[0-5])\.(?<digits>[0-9a-z]*)$/;
const FAILED = /^(?<timedOut>t?)(?<code>-?\d{1,10}):(?<ranks>[\d,-]+)$/;

/** Writes what is told of a step's nodes; `undefined` where nothing is. Of times it keeps tenths of a second, never later than they were. */
export function tellRuns({ runs, leftOut, again }: ToldRuns): RunsData | undefined {
  if (runs.length === 0) return undefined;
  const failed = failedText(runs);
  return {
    ranks: rangesOf(runs.map(({ rank }) => rank)), times: timesText(runs),
    ...(failed === '' ? {} : { failed }), ...(leftOut === 0 ? {} : { leftOut }), ...(again ? { again } : {}),
  };
}

function timesText(runs: readonly NodeRun[]): string {
  const first = Math.min(...runs.map(({ startMs }) => startMs));
  const shortest = Math.min(...runs.map(({ startMs, endMs }) => endMs - startMs));
  const later = digitsOf(runs.map(({ startMs }) => startMs - first));
  const longer = digitsOf(runs.map(({ startMs, endMs }) => endMs - startMs - shortest));
  const digits = runs.map((_, i) => `${later.texts[i]}${longer.texts[i]}`).join('');
  return `${first.toString(BASE)}.${shortest.toString(BASE)}.${later.width}${longer.width}.${digits}`;
}

/** Differences as digits, all of one width: none where there is no difference. */
function digitsOf(differencesMs: readonly number[]): { readonly width: number; readonly texts: readonly string[] } {
  const most = BASE ** MOST_DIGITS - 1;
  const texts = differencesMs.map((ms) => Math.min(most, Math.floor(ms / UNIT_MS))).map((units) => (units === 0 ? '' : units.toString(BASE)));
  const width = Math.max(...texts.map(({ length }) => length));
  return { width, texts: texts.map((text) => text.padStart(width, '0')) };
}

function failedText(runs: readonly NodeRun[]): string {
  const kinds = Map.groupBy(runs.filter(hasFailed), ({ exitCode, timedOut }) => `${timedOut === true ? 't' : ''}${exitCode}`);
  return [...kinds].map(([kind, alike]) => `${kind}:${rangesOf(alike.map(({ rank }) => rank))}`).join(' ');
}

/** Reads what `tellRuns` wrote; `undefined` for anything else. */
export function readRuns(data: unknown): ToldRuns | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { ranks, times, failed, leftOut, again }: { readonly [K in keyof RunsData]?: unknown } = data;
  const told = typeof ranks === 'string' ? numbersOf(ranks, MOST_RUNS) : undefined;
  const spans = typeof times === 'string' && told !== undefined ? readTimes(times, told.length) : undefined;
  if (told === undefined || spans === undefined) return undefined;
  const ends = typeof failed === 'string' ? readFailed(failed) : [];
  return {
    runs: told.map((rank, i) => ({ rank, ...(spans[i] ?? { startMs: 0, endMs: 0 }), ...endOn(rank, ends) })),
    leftOut: typeof leftOut === 'number' && Number.isSafeInteger(leftOut) && leftOut > 0 ? leftOut : 0,
    again: again === true,
  };
}

type Times = Pick<NodeRun, 'startMs' | 'endMs'>;

function readTimes(text: string, count: number): readonly Times[] | undefined {
  const { first = '', shortest = '', a = '', b = '', digits = '' } = TIMES.exec(text)?.groups ?? {};
  const [laterDigits, longerDigits] = [Number(a), Number(b)];
  const width = laterDigits + longerDigits;
  if (first === '' || digits.length !== count * width) return undefined;
  const number = (from: number, length: number): number => (length === 0 ? 0 : Number.parseInt(digits.slice(from, from + length), BASE));
  return Array.from({ length: count }, (_, i) => {
    const startMs = Number.parseInt(first, BASE) + number(i * width, laterDigits) * UNIT_MS;
    return { startMs, endMs: startMs + Number.parseInt(shortest, BASE) + number(i * width + laterDigits, longerDigits) * UNIT_MS };
  });
}

interface End {
  readonly ranks: string;
  readonly how: Pick<NodeRun, 'exitCode' | 'timedOut'>;
}

function readFailed(text: string): readonly End[] {
  return text.split(' ').flatMap((kind) => {
    const { timedOut, code, ranks } = FAILED.exec(kind)?.groups ?? {};
    return ranks === undefined ? [] : [{ ranks, how: { exitCode: Number(code), ...(timedOut === 't' ? { timedOut: true as const } : {}) } }];
  });
}

const endOn = (rank: number, ends: readonly End[]): End['how'] => ends.find(({ ranks }) => isIn(rank, ranks))?.how ?? { exitCode: 0 };
