import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { MACHINE_FILES, RUNS } from './instance-folder.ts';
import type { DriverOptions } from './driver-options.ts';

const execute = promisify(execFile);

/** The program that makes namespaces, as arguments of Python: alone, without its packages, writing no caches. */
export const NAMESPACE_TOOL = ['-I', '-S', '-B', join(import.meta.dirname, 'namespace.py')] as const;

/** Instances booted by one start of the tool. */
const BATCH = 16;

interface Waiting {
  readonly folder: string;
  readonly hostName: string;
  readonly resolve: (pid: number) => void;
  readonly reject: (error: Error) => void;
}

/** Makes the namespaces of instances, several at a time: starting the tool costs more than its work. */
export class NamespaceBoots {
  readonly #options: DriverOptions;
  readonly #waiting: Waiting[] = [];
  #busy = false;

  constructor(options: DriverOptions) {
    this.#options = options;
  }

  /** The PID of the first process of the new instance. */
  boot(folder: string, hostName: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ folder, hostName, resolve, reject });
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
    const { python, directory, standIns, visible } = this.#options;
    try {
      const { stdout, stderr } = await execute(python, [
        ...NAMESPACE_TOOL, 'boot', '--hide', directory, '--stand-ins', standIns,
        ...visible.flatMap((path) => ['--visible', path]),
        '--writable', `${RUNS.host}=${RUNS.inside}`,
        ...MACHINE_FILES.flatMap(({ host, inside }) => ['--readable', `${host}=${inside}`]),
        ...batch.map(({ folder, hostName }) => `${folder}=${hostName}`),
      ]);
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
