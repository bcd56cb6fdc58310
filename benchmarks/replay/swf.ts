import { gunzipSync } from 'node:zlib';
import { defaultShareTree } from '../../core/shares/share-tree.ts';
import { bySubmission, loadJob, momentOf, type Load, type LoadJob } from './load.ts';

/** Fields of a line, by their places: https://www.cs.huji.ac.il/labs/parallel/workload/swf.html. -1 stands for unknown. */
const field = { number: 0, submit: 1, run: 3, allocated: 4, requested: 7, requestedSeconds: 8, user: 11, group: 12, queue: 14 } as const;
const FIELDS = 18;
/** The format suggests queue 0 for interactive jobs; other queue numbers say nothing about who goes first. */
const INTERACTIVE_QUEUE = 0;
const priorities = { interactive: 700, batch: 500 } as const;

/** How a log is read. */
export interface SwfOptions {
  /** In place of what the header says. */
  readonly size?: number;
  /** `nodes`: jobs take whole nodes, each of as many processors as the header says. */
  readonly unit: 'cores' | 'nodes';
}

/** A log that cannot be read, or says too little. */
class SwfError extends Error {
  override readonly name = 'SwfError';
}

/**
 * Reads a log in the Standard Workload Format, plain or gzipped. Groups become namespaces and users their users, all
 * of one weight; the requested time becomes the TTL, and a job that ran longer ends there, as real machines end it.
 *
 * @throws SwfError that names the line, when one is not of the format, or when nothing says how large the machine is.
 */
export function loadSwf(content: Buffer, origin: string, options: SwfOptions): Load {
  const isGzip = content[0] === 0x1f && content[1] === 0x8b;
  const lines = (isGzip ? gunzipSync(content) : content).toString('utf8').split('\n');
  const header = headerOf(lines);
  const machine = machineOf(header, options, origin);
  const beganMs = (header.get('UnixStartTime') ?? 0) * 1000;
  const jobs: LoadJob[] = [];
  const left = { empty: 0, tooLarge: 0, cut: 0 };
  for (const [i, line] of lines.entries()) {
    const text = line.trim();
    if (text === '' || text.startsWith(';')) continue;
    const record = recordOf(text, `${origin}, line ${i + 1}`);
    const units = Math.ceil(record.processors / machine.processorsPerUnit);
    if (record.processors <= 0 || record.runSeconds < 0) left.empty += 1;
    else if (units > machine.size) left.tooLarge += 1;
    else {
      if (record.boundSeconds !== undefined && record.runSeconds > record.boundSeconds) left.cut += 1;
      jobs.push(jobOf(record, units, beganMs));
    }
  }
  return { origin, capacity: machine.size, unit: options.unit, shares: defaultShareTree, jobs: jobs.sort(bySubmission), remarks: [...creditsOf(lines), ...remarksOf(left, machine.size)] };
}

interface Machine {
  readonly size: number;
  readonly processorsPerUnit: number;
}

/** Comments with a key and a number. */
function headerOf(lines: readonly string[]): ReadonlyMap<string, number> {
  const header = new Map<string, number>();
  for (const line of lines) {
    const [, key, value] = /^;\s*(\w+):\s*(\d+)\s*$/u.exec(line) ?? [];
    if (key !== undefined) header.set(key, Number(value));
  }
  return header;
}

function machineOf(header: ReadonlyMap<string, number>, { size, unit }: SwfOptions, origin: string): Machine {
  const nodes = header.get('MaxNodes');
  const processors = header.get('MaxProcs') ?? nodes;
  const found = size ?? (unit === 'nodes' ? nodes : processors);
  if (found === undefined || found < 1) throw new SwfError(`${origin} does not say how many ${unit} the machine has: say it with --size.`);
  return { size: found, processorsPerUnit: unit === 'nodes' && nodes !== undefined && processors !== undefined ? processors / nodes : 1 };
}

interface SwfRecord {
  readonly number: number;
  readonly submitSeconds: number;
  readonly runSeconds: number;
  readonly processors: number;
  readonly boundSeconds?: number;
  readonly user: number;
  readonly group: number;
  readonly queue: number;
}

function recordOf(text: string, where: string): SwfRecord {
  const values = text.split(/\s+/u).map(Number);
  if (values.length !== FIELDS || values.some(Number.isNaN)) throw new SwfError(`${where}: ${FIELDS} numbers are expected.`);
  const at = (place: number): number => values[place] ?? -1;
  const allocated = at(field.allocated);
  const bound = at(field.requestedSeconds);
  return {
    number: at(field.number), submitSeconds: at(field.submit), runSeconds: at(field.run),
    processors: allocated > 0 ? allocated : at(field.requested),
    ...(bound > 0 ? { boundSeconds: bound } : {}),
    user: at(field.user), group: at(field.group), queue: at(field.queue),
  };
}

function jobOf({ number, submitSeconds, runSeconds, boundSeconds, user, group, queue }: SwfRecord, units: number, beganMs: number): LoadJob {
  return loadJob({
    number, units, submittedAtMs: momentOf(beganMs + submitSeconds * 1000),
    // Logs count whole seconds: what is over within one has run for a part of it.
    runMs: Math.max(runSeconds, 1) * 1000,
    namespace: group < 0 ? 'group-unknown' : `group-${group}`, user: user < 0 ? 'user-unknown' : `user-${user}`,
    priority: queue === INTERACTIVE_QUEUE ? priorities.interactive : priorities.batch,
    ...(boundSeconds === undefined ? {} : { boundSeconds }),
    ...(queue < 0 ? {} : { class: `queue ${queue}` }),
  });
}

/** Whom the log is owed to. */
function creditsOf(lines: readonly string[]): readonly string[] {
  const names = lines.flatMap((line) => /^;\s*Acknowledge:\s*(\S.*?)\s*$/u.exec(line)?.[1] ?? []);
  return names.length === 0 ? [] : [`thanks to ${names.join(' and ')}`];
}

function remarksOf({ empty, tooLarge, cut }: Readonly<Record<'empty' | 'tooLarge' | 'cut', number>>, size: number): readonly string[] {
  return [
    ...(empty > 0 ? [`${empty} jobs left out: they took no processor, or never ran`] : []),
    ...(tooLarge > 0 ? [`${tooLarge} jobs left out: larger than a machine of ${size}`] : []),
    ...(cut > 0 ? [`${cut} jobs end at their requested time, which they passed in the log`] : []),
  ];
}
