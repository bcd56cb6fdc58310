import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:http2';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { withPlainKeys } from '../../../../lib/functions/handler-bundles.ts';

/** How a worker is started. */
export interface WorkerProgram {
  readonly script: string;
  readonly execArgv: readonly string[];
  readonly remove: () => void;
}

/**
 * Bundles the worker and takes a snapshot of it in which everything is loaded: it then starts in a third of the time,
 * and hundreds are started. Where this Node cannot take one, the bundle itself is run.
 */
export async function buildWorkerProgram(): Promise<WorkerProgram> {
  const folder = mkdtempSync(join(tmpdir(), 'leak-worker-'));
  const script = join(folder, 'worker.cjs');
  const snapshot = join(folder, 'worker.blob');
  await build({
    entryPoints: [join(import.meta.dirname, 'worker.ts')],
    outfile: script,
    bundle: true,
    minify: true,
    mainFields: ['module', 'main'],
    platform: 'node',
    format: 'cjs',
    alias: unloaded(folder),
    plugins: [leaveOutUnusedShapes],
    logLevel: 'error',
  });
  const { status } = spawnSync(process.execPath, ['--snapshot-blob', snapshot, '--build-snapshot', script], { stdio: 'ignore' });
  return { script, execArgv: status === 0 ? ['--snapshot-blob', snapshot] : [], remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Of the hundreds of shapes of EC2, as in the bundles of the product. */
const leaveOutUnusedShapes: Plugin = {
  name: 'leave-out-unused-shapes',
  setup: ({ onLoad }) => {
    onLoad({ filter: /client-ec2[\\/]dist-es[\\/]schemas[\\/]/ }, ({ path }) => ({ contents: withPlainKeys(readFileSync(path, 'utf8')) }));
  },
};

/** Modules that a snapshot cannot hold: those of HTTP are loaded when they are used first, HTTP/2 is not used at all. */
function unloaded(folder: string): Record<string, string> {
  const require = createRequire(import.meta.url);
  const stub = (name: string, text: string): [string, string] => {
    const file = join(folder, `${name}.cjs`);
    writeFileSync(file, text);
    return [`node:${name}`, file];
  };
  const lazy = (name: string): [string, string] =>
    stub(
      name,
      `for (const name of ${JSON.stringify(Object.keys(require(name)))}) Object.defineProperty(exports, name, { enumerable: true, get: () => require('${name}')[name] });`,
    );
  return Object.fromEntries([lazy('http'), lazy('https'), stub('http2', `exports.constants = ${JSON.stringify(constants)};`)]);
}
