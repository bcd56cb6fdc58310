import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

/** The checkout's root. */
export const repositoryRoot = fileURLToPath(new URL('..', import.meta.url));

const packageBinaries = join(repositoryRoot, 'node_modules', '.bin');
/** The Python environment with MiniStack, the AWS CLI and the collector, made by `bootstrap.mjs`. */
export const pythonEnvironment = join(repositoryRoot, '.local', 'venv');
const pythonBinaries = join(pythonEnvironment, 'bin');

/** Its interpreter. */
export const python = join(pythonBinaries, 'python');

/** A program that an npm package brought, such as `cdk`. */
export function packageBinary(name: string): string {
  return join(packageBinaries, name);
}

/** A search path on which `node` is Node 24 and `aws` is the pinned AWS CLI. */
export function searchPath(inherited = process.env['PATH'] ?? ''): string {
  return [packageBinaries, pythonBinaries, inherited].join(':');
}
