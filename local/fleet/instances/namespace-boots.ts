import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { MACHINE_FILES, RUNS } from './instance-folder.ts';
import type { DriverOptions } from './driver-options.ts';

const execute = promisify(execFile);

/** A program beside this file, as arguments of Python: alone, without its packages, writing no caches. */
export function pythonTool(file: string): readonly string[] {
  return ['-I', '-S', '-B', join(import.meta.dirname, file)];
}

/** The program that makes namespaces. */
export const NAMESPACE_TOOL = pythonTool('namespace.py');

/** Instances booted by one start of the tool. */
const BATCH = 16;

interface Waiting {
  readonly instance: string;
  readonly resolve: (pid: number) => void;
  readonly reject: (error: Error) => void;
}

/** Makes the namespaces of instances, several at a time: starting the tool costs more than its work. */
export class NamespaceBoots {
  readonly #python: string;
  readonly #command: readonly string[];
  readonly #waiting: Waiting[] = [];
  #busy = false;

  /** @param command the tool and its options, to be followed by instances; it prints a PID for each, 0 if it failed. */
  constructor(python: string, command: readonly string[]) {
    this.#python = python;
    this.#command = command;
  }

  /** The PID of the first process of the new instance, which is described in the tool's own words. */
  boot(instance: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ instance, resolve, reject });
      void this.#work();
    });
  }

  async #work(): Promise<void> {
    if (this.#busy) {
      return;
    }
    this.#busy = true;
    while (this.#waiting.length > 0) {
      await this.#bootBatch(this.#waiting.splice(0, BATCH));
    }
    this.#busy = false;
  }

  async #bootBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      const { stdout, stderr } = await execute(this.#python, [...this.#command, ...batch.map(({ instance }) => instance)]);
      const pids = stdout.trim().split('\n').map(Number);
      for (const [index, { resolve, reject }] of batch.entries()) {
        const pid = pids[index] ?? 0;
        if (pid > 0) {
          resolve(pid);
        } else {
          reject(new Error(`The namespaces could not be made: ${stderr.trim()}`));
        }
      }
    } catch (error) {
      for (const { reject } of batch) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }
}

/** What the tools read of how an instance's root is laid out. */
export function layoutArguments({ directory, standIns, visible }: DriverOptions): string[] {
  return [
    '--hide', directory, '--stand-ins', standIns,
    ...visible.flatMap((path) => ['--visible', path]),
    '--writable', `${RUNS.host}=${RUNS.inside}`,
    ...MACHINE_FILES.flatMap(({ host, inside }) => ['--readable', `${host}=${inside}`]),
  ];
}

/** Why instances cannot have namespaces here, or undefined where they can. */
export function namespaceRefusal(python: string): string | undefined {
  if (process.platform !== 'linux') {
    return 'This system is not Linux.';
  }
  const probe = spawnSync(python, [...NAMESPACE_TOOL, 'probe'], { encoding: 'utf8' });
  return probe.status === 0 ? undefined : `Namespaces were refused: ${probe.error?.message ?? probe.stderr.trim()}`;
}
