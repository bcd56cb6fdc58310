/** What a trace says of one zone at one time: machines to be had, `Infinity` where it says only that there were some. */
type Level = number;

/** Capacity as it was measured: in each zone, from one measurement until the next. */
export interface CapacityTrace {
  readonly origin: string;
  /** `counts`: how many machines were had of those asked for. `availability`: whether one was. */
  readonly kind: 'counts' | 'availability';
  readonly zones: readonly string[];
  /** Of the measurements, in milliseconds since the epoch, ascending. */
  readonly timesMs: readonly number[];
  /** By zone, one for each measurement. */
  readonly levels: ReadonlyMap<string, readonly Level[]>;
  /** Until when the last measurement is taken to hold. */
  readonly endMs: number;
}

/** A trace that cannot be read. */
class TraceError extends Error {
  override readonly name = 'TraceError';
}

interface Row {
  readonly atMs: number;
  readonly cells: readonly string[];
}

/**
 * Reads a series of measurements: comma-separated, with a header, the time in the first column and a column for each
 * zone. Only 0 and 1 in the zones: whether a machine could be launched. Else counts: how many were. Columns `price_…`
 * and a `status` other than `success`, whose row is left out, are known too. An empty cell repeats the one before.
 *
 * @param zones the zones to read; none: all of the trace
 * @throws TraceError that names the line or the zone
 */
export function parseTrace(content: string, origin: string, zones: readonly string[] = []): CapacityTrace {
  const lines = content.split(/\r?\n/u);
  const header = (lines[0] ?? '').split(',').map((name) => name.trim());
  const columns = header.flatMap((name, column) => (column === 0 || name === 'status' || name.startsWith('price_') ? [] : [{ name, column }]));
  const unknown = zones.filter((zone) => !columns.some(({ name }) => name === zone));
  if (unknown.length > 0) throw new TraceError(`${origin} has no zone ${unknown.join(', ')}. It has: ${columns.map(({ name }) => name).join(', ')}.`);
  const rows = rowsOf(lines, header, origin);
  if (rows.length < 2) throw new TraceError(`${origin} has fewer than two measurements.`);
  const all = new Map(columns.map(({ name, column }) => [name, levelsOf(rows, column, `${origin}, zone ${name}`)]));
  const kind = [...all.values()].every((levels) => levels.every((level) => level <= 1)) ? 'availability' : 'counts';
  const chosen = zones.length === 0 ? columns.map(({ name }) => name) : [...new Set(zones)];
  const timesMs = rows.map(({ atMs }) => atMs);
  return {
    origin, kind, zones: chosen, timesMs,
    levels: new Map(chosen.map((zone) => [zone, inMachines(all.get(zone) ?? [], kind)])),
    endMs: (timesMs.at(-1) ?? 0) + medianStep(timesMs),
  };
}

/** The part of a trace between two fractions of its measurements. */
export function partOfTrace(trace: CapacityTrace, from: number, to: number): CapacityTrace {
  const { length } = trace.timesMs;
  const [first, end] = [Math.floor(from * length), Math.ceil(to * length)];
  if (end - first < 1) throw new TraceError(`There is no measurement between ${from} and ${to} of ${trace.origin}.`);
  return {
    ...trace,
    timesMs: trace.timesMs.slice(first, end),
    levels: new Map([...trace.levels].map(([zone, levels]) => [zone, levels.slice(first, end)])),
    endMs: trace.timesMs[end] ?? trace.endMs,
  };
}

function rowsOf(lines: readonly string[], header: readonly string[], origin: string): Row[] {
  const status = header.indexOf('status');
  const rows: Row[] = [];
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === '') continue;
    const where = `${origin}, line ${index + 1}`;
    const cells = line.split(',').map((cell) => cell.trim());
    if (cells.length !== header.length) throw new TraceError(`${where}: ${header.length} cells are expected, there are ${cells.length}.`);
    if (status >= 0 && cells[status] !== 'success') continue;
    const atMs = timeOf(cells[0] ?? '');
    if (Number.isNaN(atMs)) throw new TraceError(`${where}: ${cells[0]} is no time.`);
    if (atMs <= (rows.at(-1)?.atMs ?? -Infinity)) throw new TraceError(`${where}: measurements are to be in the order of time.`);
    rows.push({ atMs, cells });
  }
  return rows;
}

/** A time without a zone is taken as UTC: only differences count. */
function timeOf(text: string): number {
  const plain = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?)$/u.exec(text);
  return Math.floor(Date.parse(plain ? `${plain[1]}T${plain[2]}Z` : text));
}

function levelsOf(rows: readonly Row[], column: number, where: string): number[] {
  let last = 0;
  return rows.map(({ cells }) => {
    const cell = cells[column] ?? '';
    const level = cell === '' ? last : Number(cell);
    if (!(level >= 0)) throw new TraceError(`${where}: ${cell} is no count.`);
    last = level;
    return level;
  });
}

function inMachines(levels: readonly number[], kind: CapacityTrace['kind']): Level[] {
  return kind === 'counts' ? [...levels] : levels.map((level) => (level > 0 ? Infinity : 0));
}

function medianStep(timesMs: readonly number[]): number {
  const steps = timesMs.slice(1).map((atMs, index) => atMs - (timesMs[index] ?? atMs)).toSorted((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? 0;
}
