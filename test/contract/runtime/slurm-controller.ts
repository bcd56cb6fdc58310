import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What is submitted to a controller: a script, with the options of the command line. */
export interface Submission {
  readonly script: string;
  readonly options: readonly string[];
}

type Fields = Readonly<Record<string, string>>;

/** What a real controller makes of configuration files and of scripts. */
export interface ControllerAnswers {
  readonly switches: readonly Fields[];
  readonly nodes: readonly Fields[];
  readonly partitions: readonly Fields[];
  /** For each submission the job that Slurm made of it, or what sbatch said. */
  readonly submitted: readonly ({ readonly job: Fields } | { readonly refused: string })[];
  /** What the controller complained of while it started. */
  readonly complaints: readonly string[];
}

/** Files that are not there yet when a controller starts for the first time. */
const FIRST_START = /state file|state save file|Could not open|backup/;

/**
 * Starts the controller of the Slurm below `root` with some files, asks it what it has read, submits scripts, and ends it.
 * No node ever registers, so no job starts. Needs root.
 *
 * @param names of all nodes, the controller's first
 */
export async function askController(root: string, files: Readonly<Record<string, string>>, names: readonly string[], submissions: readonly Submission[]): Promise<ControllerAnswers> {
  const folder = await mkdtemp(join(tmpdir(), 'slurm-controller-'));
  try {
    await mkdir(join(folder, 'files'));
    await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, 'files', name), text)));
    await writeFile(join(folder, 'names'), names.map((name) => `${name}\n`).join(''));
    await Promise.all(submissions.flatMap(({ script, options }, index) => [
      writeFile(join(folder, `${index}.job`), script),
      writeFile(join(folder, `${index}.options`), options.map((option) => `${option}\n`).join('')),
    ]));
    const namespaces = ['--mount', '--uts', '--net', '--ipc', '--pid', '--fork', '--kill-child', '--mount-proc'];
    await promisify(execFile)('unshare', [...namespaces, 'bash', join(import.meta.dirname, 'controller.sh'), root, folder], { timeout: 60_000 });
    return await readAnswers(folder, submissions.length);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readAnswers(folder: string, submissions: number): Promise<ControllerAnswers> {
  const text = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
  const [switches, nodes, partitions, jobs] = await Promise.all(['topology', 'nodes', 'partitions', 'jobs'].map(async (name) => recordsIn(await text(name))));
  const submitted = await Promise.all(Array.from({ length: submissions }, async (_, index) => {
    const [id, said, code] = await Promise.all([text(`${index}.out`), text(`${index}.err`), text(`${index}.code`)]);
    const job = jobs?.find((each) => each['JobId'] === id.trim());
    return Number(code) === 0 && job !== undefined ? { job } : { refused: said };
  }));
  const log = (await text('log')).split('\n').filter((line) => /error|fatal/i.test(line) && !FIRST_START.test(line));
  return { switches: switches ?? [], nodes: nodes ?? [], partitions: partitions ?? [], submitted, complaints: log };
}

/** Lines of `Key=value Key=value`; values may have spaces. */
function recordsIn(text: string): readonly Fields[] {
  return text.split('\n').filter((line) => line.includes('=')).map((line) => {
    const parts = line.split(/ +(?=[A-Z][A-Za-z:/]*=)/);
    return Object.fromEntries(parts.map((part) => [part.slice(0, part.indexOf('=')).trim(), part.slice(part.indexOf('=') + 1).trim()]));
  });
}
